package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, cmd := range []string{"", "demo", "produce", "consume", "mock"} {
		golden(t, "help"+cmd, ok(t, "", strings.Fields(cmd+" --help")...))
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	out := ok(t, "", "--version")
	assert.Regexp(t, `^rdk \S+, go1\.\S+ \w+/\w+
librdkafka 2\.\d+\.\d+, .+
built-in features: .*\bsasl_scram\b.*
$`, out)
}

func TestBadUsage(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"bogus":                                         `rdk: unknown command "bogus"`,
		"produce":                                       "rdk produce: no topic: give it by -t TOPIC",
		"produce -t t":                                  "rdk produce: no brokers: give them by -b host:port or in the environment variable BROKERS",
		"produce --bogus":                               "rdk produce: unknown flag: --bogus",
		"produce -t t -b x -p -2":                       "rdk produce: -p -2: want a partition from 0 to 2147483647, or -1 to let the key choose",
		"produce -t t -b x -H h":                        "rdk produce: -H h: want name=value",
		"produce -t t -b x -X linger.ms":                "rdk produce: -X linger.ms: want name=value, as in -X linger.ms=5",
		"produce -t t -b x -X bogus=1":                  `rdk produce: configuration: No such configuration property: "bogus"`,
		"produce -t t -b x -X linger.ms=-1":             `rdk produce: configuration: Configuration property "queue.buffering.max.ms" value -1 is outside allowed range 0..900000`,
		"produce -t t -b x -X go.batch.producer=t":      "rdk produce: -X go.batch.producer=t: properties that start with go. are for Go programs, rdk sets them itself",
		"produce -t t -b host:99999":                    `rdk produce: brokers "host:99999": "host:99999" has no port from 1 to 65535: want host:port,host:port`,
		"produce -t t -b a:1,,b:2":                      `rdk produce: brokers "a:1,,b:2": "" is empty: want host:port,host:port`,
		"produce -t t -X bootstrap.servers=:::":         `rdk produce: brokers ":::": ":::" is no address: want host:port,host:port`,
		"consume":                                       "rdk consume: no topic: give it by -t TOPIC",
		"consume t":                                     `rdk consume: unexpected argument "t": topics are given by -t`,
		"consume -t ^t":                                 "rdk consume: -t ^t: a pattern needs a group (-g)",
		"consume -t t -p -1":                            "rdk consume: -p -1: want partitions from 0 to 2147483647",
		"consume -t t -c -1":                            "rdk consume: -c -1: want 1 or more",
		"consume -t t -o nowhere":                       "rdk consume: -o nowhere: want beginning, end, an offset, or -N for the last N",
		"consume -t t -g g -o 7":                        "rdk consume: -o 7: with a group it is beginning or end; the group's committed offsets go first",
		"consume -t t -g g -p 0":                        "rdk consume: -p does not go with -g: the group assigns the partitions",
		"consume -t t --json -k :":                      "rdk consume: -k does not go with --json, which prints the key anyway",
		"consume -t t -b x -X group.id=g":               "rdk consume: -X group.id=g: this command sets group.id itself",
		"demo --messages 0":                             "rdk demo: --messages 0: want 1 to 1000000000",
		"demo --members 0":                              "rdk demo: --members 0: want 1 or more",
		"demo --partitions 0":                           "rdk demo: --partitions 0: want 1 to 10000",
		"demo --topic=":                                 "rdk demo: --topic is empty: give a name",
		"demo --members 3 --partitions 2 usage_test.go": `rdk demo: --members 3: more than the 2 partitions of topic "rdk-demo", the others would have nothing to do`,
		"mock x":           `rdk mock: unexpected argument "x"`,
		"mock --brokers 0": "rdk mock: --brokers 0: want 1 to 100",
		"mock --topic t:0": "rdk mock: --topic t:0: want name:partitions, with 1 partition or more",
		"mock --topic a/b": `rdk mock: --topic "a/b": want name:partitions, the name being 1 to 249 letters, digits, dots, _ and -`,
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			o := rdk(t, "", strings.Fields(args)...)
			assert.Equal(t, 2, o.status)
			assert.Empty(t, o.stdout)
			first, rest, _ := strings.Cut(o.stderr, "\n")
			assert.Equal(t, want, first)
			assert.Regexp(t, `^Run 'rdk.* --help' for usage\.\n$`, rest)
		})
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:1")
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o644))
	long := filepath.Join(t.TempDir(), "long")
	require.NoError(t, os.WriteFile(long, []byte(strings.Repeat("x", 2000000)), 0o644))
	for name, c := range map[string]struct {
		args  []string
		stdin string
		want  string
	}{
		"missing file":   {[]string{"produce", "-t", "t", "nosuch"}, "", "rdk produce: input: stat nosuch: no such file or directory\n"},
		"folder":         {[]string{"produce", "-t", "t", "."}, "", "rdk produce: input: . is a folder: name the files in it\n"},
		"no key":         {[]string{"produce", "-t", "t", "-k", ":"}, "a:b\nab\n", "delivered 1, failed 0\nrdk produce: standard input:2: the line has no \":\" to part key and value (-k)\n"},
		"too large":      {[]string{"produce", "-t", "t", long}, "", "delivered 0, failed 1\nrdk produce: 1 of 1 messages were not delivered, the first: " + long + ":1: Broker: Message size too large\n"},
		"no topic":       {[]string{"consume", "-t", "nosuch"}, "", "rdk consume: topic \"nosuch\" does not exist on the cluster\n"},
		"no partition":   {[]string{"consume", "-t", "t", "-p", "1"}, "", "rdk consume: topic \"t\" has no partition 1: it has 1, from 0 on\n"},
		"offset too far": {[]string{"consume", "-t", "t", "-o", "100"}, "", "rdk consume: fetch failed due to requested offset not available on the broker: Broker: Offset out of range (broker 1)\n"},
		"demo: missing":  {[]string{"demo", "nosuch"}, "", "rdk demo: input: open nosuch: no such file or directory\n"},
		"demo: empty":    {[]string{"demo", empty}, "", "rdk demo: input: there is no line in it: name files of text\n"},
		"demo: too long": {[]string{"demo", long}, "", "rdk demo: input: " + long + " has a line of more than 900000 bytes, the most that goes into a message: name files of text\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := rdk(t, c.stdin, append([]string{c.args[0], "-b", b}, c.args[1:]...)...)
			assert.Equal(t, outcome{1, "", c.want}, o)
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	// Nothing listens on port 1. A broker that takes connections and says nothing
	// gives no error to show.
	for _, args := range []string{"produce -t t", "consume -t t", "consume -t t -g g", "consume -t ^t -g g", "demo usage_test.go"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			o := rdk(t, "x\n", append(strings.Fields(args), "-b", "127.0.0.1:1")...)
			assert.Equal(t, 1, o.status)
			assert.Empty(t, o.stdout)
			assert.Regexp(t, `^rdk \w+: no broker has answered within 5s: .*127\.0\.0\.1:1.* failed: Connection refused .*\n$`, o.stderr)
			assert.Less(t, time.Since(begun), 15*time.Second)
		})
	}
}

func TestUnreachable_interrupted(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"produce -t t", "consume -t t", "demo usage_test.go"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			// debug shows on the standard error when the connecting has begun.
			p := start(t, append(strings.Fields(args), "-b", "127.0.0.1:1", "-X", "debug=broker")...)
			p.awaitStderr("Connect")
			begun := time.Now()
			p.signal(os.Interrupt)
			code, _ := p.wait()
			assert.Equal(t, 130, code)
			assert.Less(t, time.Since(begun), 4*time.Second)
		})
	}
}
