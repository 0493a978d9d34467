package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rdkafka-go/rdkafka/tests/cbase"
)

// The programs that are measured.
const (
	ours      = "rdkafka-go"
	confluent = "confluent-kafka-go"
	baseline  = "c"
)

const (
	ourImport       = "github.com/rdkafka-go/rdkafka/kafka"
	confluentImport = "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// build makes a program in the folder tmp and returns its path. The working directory is that of the tests module.
func build(ctx context.Context, program, tmp string) (string, error) {
	path := filepath.Join(tmp, program)
	switch program {
	case baseline:
		return cbase.Build(ctx)
	case ours:
		return path, goBuild(ctx, ".", nil, "-o", path, "./bench/client")
	case confluent:
		overlay, err := writeOverlay(tmp, confluentImport, filepath.Join("bench", "peer-confluent", "client"))
		if err != nil {
			return "", err
		}
		// The peer's module is no part of the workspace: its librdkafka and ours must not meet.
		return path, goBuild(ctx, filepath.Join("bench", "peer-confluent"), []string{"GOWORK=off"},
			"-overlay", overlay, "-tags", "peer", "-ldflags", "-X main.program="+program, "-o", path, "./client")
	default:
		return "", fmt.Errorf("no program %q: there are %s, %s and %s", program, ours, confluent, baseline)
	}
}

// writeOverlay lays the client's source over the folder, which does not exist, with our import exchanged.
func writeOverlay(tmp, newImport, folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join("bench", "client", "*.go"))
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	exchanged := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		exchanged += strings.Count(string(text), strconv.Quote(ourImport))
		to := filepath.Join(tmp, "peer-"+filepath.Base(f))
		changed := strings.ReplaceAll(string(text), strconv.Quote(ourImport), strconv.Quote(newImport))
		if err := os.WriteFile(to, []byte(changed), 0o644); err != nil {
			return "", err
		}
		abs, err := filepath.Abs(filepath.Join(folder, filepath.Base(f)))
		if err != nil {
			return "", err
		}
		replace[abs] = to
	}
	if exchanged == 0 {
		return "", errors.New("no file of bench/client imports " + ourImport + ": run from the folder tests")
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(tmp, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o644)
}

func goBuild(ctx context.Context, dir string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("in %s: %s: %w: %s", dir, cmd, err, out)
	}
	return nil
}
