package kafka_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// descriptors returns what a child of this process has open besides its
// standard ones.
func descriptors(t *testing.T) map[string]bool {
	t.Helper()
	var out, errs bytes.Buffer
	// The shell's own [ -L ] and readlink open nothing in the folder of the child
	// that is looked at.
	cmd := exec.Command("sh", "-c", `for f in /proc/$$/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && readlink "$f"; done; exit 0`)
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), errs.String())
	found := map[string]bool{}
	for _, line := range strings.Fields(out.String()) {
		found[line] = true
	}
	return found
}

// Children that are started while clients are connected inherit none of their
// descriptors: sockets, wake-up pipes and eventfds would stay open in them.
func TestChildren_inheritNothing(t *testing.T) {
	before := descriptors(t) // what this process was started with
	p, mock := connected(t, nil)
	require.NoError(t, p.Produce(msg(0), nil))
	require.NoError(t, report(t, p.Events()).TopicPartition.Error)
	c := newConsumer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest"})
	require.NoError(t, c.Subscribe("t", nil))
	_, err := c.ReadMessage(patience)
	require.NoError(t, err)

	own, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	require.Greater(t, len(own), 20, "the clients have descriptors to inherit")
	for d := range descriptors(t) {
		assert.True(t, before[d], "a child has %s", d)
	}
}
