package security_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// loudEnv makes the test binary [loudProgram], with its value for the configuration, one property a line.
const loudEnv = "RDKAFKA_TEST_LOUD"

// loudProgram sends a message, with librdkafka's log lines on stderr where they go unless they are asked for, and ends
// with a panic that prints the configuration.
func loudProgram(properties string) {
	conf := kafka.ConfigMap{}
	for line := range strings.Lines(properties) {
		if err := conf.Set(strings.TrimSuffix(line, "\n")); err != nil {
			panic(err)
		}
	}
	p, err := kafka.NewProducer(&conf)
	if err != nil {
		panic(err)
	}
	topic := "TestSecrets_areNotOnStderr"
	if err := p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic}}, nil); err != nil {
		panic(err)
	}
	end := time.After(patience)
	for {
		select {
		case ev := <-p.Events():
			if e, ok := ev.(kafka.Error); ok && e.Code() == kafka.ErrAllBrokersDown {
				continue
			}
			fmt.Println(ev)
			panic(fmt.Sprint(conf))
		case <-end:
			panic("no event came")
		}
	}
}

func TestSecrets_areNotOnStderr(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	for password, event := range map[string]string{alicePassword: "TestSecrets_areNotOnStderr[0]", wrongPassword: "Invalid username or password"} {
		var properties strings.Builder
		for k, v := range *with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("PLAIN", alice, password), kafka.ConfigMap{"debug": "all"}) {
			fmt.Fprintf(&properties, "%s=%v\n", k, v)
		}
		program, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), loudEnv+"="+properties.String())
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", out)
		s := newSaid()
		s.add("output", string(out))
		assert.Empty(t, s.leaks(map[string]string{"password": password}))
		for _, text := range []string{event, "|SASL", "panic: ", "sasl.password:[redacted]", "sasl.username:alice"} {
			assert.Contains(t, string(out), text)
		}
	}
}
