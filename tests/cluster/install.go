package cluster

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/tests/internal/cache"
)

// Version is the version of Apache Kafka that the package runs. A test holds it and pom.xml together.
const Version = "4.3.1"

// minJava is the oldest Java whose class files Kafka's jars use.
const minJava = 17

// installHint ends every message about a missing Java or Maven.
const installHint = "tests on a real Kafka need Java 17 or newer and Maven; " +
	"install them with: apt-get install -y openjdk-17-jre-headless maven " +
	"(Fedora: dnf install java-21-openjdk-headless maven; Alpine: apk add openjdk17-jre-headless maven)"

//go:embed pom.xml
var pom []byte

// installation is where Kafka and Java are. It is the same for all clusters of a process.
type installation struct {
	java    string // path of the java command
	lib     string // folder of Kafka's jars
	archive string // class data archive that halves the start, "" when this Java could not make one
}

// installOnce finds or fetches everything once per process, and remembers a failure too: a machine without Java
// does not grow one between two tests.
var installOnce = sync.OnceValues(func() (*installation, error) {
	// The download is bounded by Maven's own timeouts; ten minutes is far above a slow mirror's needs.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	return install(ctx)
})

// install checks Java, fetches the jars if the cache lacks them and makes the class data archive.
// Several processes may do so at once: they wait for one another on a lock file.
func install(ctx context.Context) (*installation, error) {
	java, javaVersion, err := findJava(ctx)
	if err != nil {
		return nil, err
	}
	home, err := cache.Home()
	if err != nil {
		return nil, err
	}
	unlock, err := cache.Lock(ctx, filepath.Join(home, "kafka-"+Version+".lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	dir := filepath.Join(home, "kafka-"+Version)
	if err := fetchJars(ctx, dir); err != nil {
		return nil, err
	}
	in := &installation{java: java, lib: filepath.Join(dir, "lib")}
	key := fnv.New64a()
	key.Write([]byte(javaVersion + "\n" + in.lib))
	archive := filepath.Join(dir, fmt.Sprintf("classes-%x.jsa", key.Sum64()))
	if err := in.makeArchive(ctx, archive); err != nil {
		// Not every Java can write one. Without it everything works, more slowly.
		fmt.Fprintf(os.Stderr, "cluster: brokers will start more slowly: no class data archive: %v\n", err)
		return in, nil
	}
	in.archive = archive
	return in, nil
}

var javaVersionLine = regexp.MustCompile(`version "(\d+)(?:\.(\d+))?`)

// findJava returns the path of java and what it says of its version.
func findJava(ctx context.Context) (path, version string, err error) {
	path, err = exec.LookPath("java")
	if err != nil {
		return "", "", fmt.Errorf("java is not on PATH: %s", installHint)
	}
	out, err := exec.CommandContext(ctx, path, "-version").CombinedOutput()
	if err != nil {
		return "", "", fmt.Errorf("%s -version: %w: %s", path, err, lastLines(out, 3))
	}
	m := javaVersionLine.FindSubmatch(out)
	if m == nil {
		return "", "", fmt.Errorf("%s -version names no version: %s", path, lastLines(out, 3))
	}
	major, err := strconv.Atoi(string(m[1]))
	if err != nil || major < minJava {
		return "", "", fmt.Errorf("%s is Java %s, too old: %s", path, m[1], installHint)
	}
	return path, string(out), nil
}

// fetchJars brings the jars that pom.xml names into dir/lib. dir appears whole or not at all.
func fetchJars(ctx context.Context, dir string) error {
	have, err := os.ReadFile(filepath.Join(dir, "pom.xml"))
	if err == nil && bytes.Equal(have, pom) {
		return nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return fmt.Errorf("mvn is not on PATH: %s", installHint)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "kafka-"+Version+"-")
	if err != nil {
		return fmt.Errorf("cannot fetch Kafka's jars: %w", err)
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "pom.xml")
	if err := os.WriteFile(file, pom, 0o644); err != nil {
		return fmt.Errorf("cannot fetch Kafka's jars: %w", err)
	}
	fmt.Fprintf(os.Stderr, "cluster: fetching Apache Kafka %s (44 MB) into %s\n", Version, dir)
	var out bytes.Buffer
	// -C: a jar whose checksum differs is an error, not a warning.
	p, err := startProcess(mvn, []string{
		"-q", "-B", "-C", "-f", file, "dependency:copy-dependencies",
		"-DoutputDirectory=" + filepath.Join(tmp, "lib"),
	}, nil, &out, &out)
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", mvn, err)
	}
	if err := p.waitOrKill(ctx); err != nil {
		return fmt.Errorf("maven could not fetch Kafka's jars (is Maven Central, or the mirror in Maven's settings.xml, reachable?): %w: %s",
			err, lastLines(out.Bytes(), 10))
	}
	// What is there has another pom: an older harness made it.
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("cannot replace %s: %w", dir, err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("cannot fetch Kafka's jars: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("cannot move Kafka's jars into place: %w", err)
	}
	return nil
}

// makeArchive runs a broker once and lets Java write the classes that it loaded, parsed and verified, to path
// (about 50 MB). Brokers start in half the time with it, and the tools gain as well.
func (in *installation) makeArchive(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	tmp := path + ".tmp"
	defer os.Remove(tmp)
	c, err := start(ctx, in, Config{JVMArgs: []string{"-XX:ArchiveClassesAtExit=" + tmp}})
	if err != nil {
		return err
	}
	err = errors.Join(c.Broker(1).Stop(ctx), c.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// command returns java's arguments for a main class with its arguments.
func (in *installation) command(jvm []string, class string, args ...string) []string {
	full := []string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"}
	if in.archive != "" {
		// auto: an archive that does not fit is left alone, the start is only slower.
		full = append(full, "-XX:SharedArchiveFile="+in.archive, "-Xshare:auto")
	}
	full = append(full, jvm...)
	// Java expands the star itself, in an order that the archive remembers.
	full = append(full, "-cp", in.lib+"/*", class)
	return append(full, args...)
}

// lastLines returns the last n lines of out, joined for one message.
func lastLines(out []byte, n int) string {
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "\n")
}
