package kafka_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// A reader that stops reading one channel holds up nobody: not the reports on
// other channels, not another producer, not log lines, statistics, token
// requests, and not Close.
func TestProducer_unreadChannelHoldsUpNobody(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 4, 3))
	unreadLogs := make(chan kafka.LogEvent) // shared, and without a buffer
	unread := make(chan kafka.Event)        // the same
	newOne := func() *kafka.Producer {
		return newProducer(t, kafka.ConfigMap{
			"bootstrap.servers": mock.BootstrapServers(), "linger.ms": 0, "go.events.channel.size": 0,
			"go.logs.channel.enable": true, "go.logs.channel": unreadLogs, "debug": "all",
			"statistics.interval.ms": 5,
		})
	}
	first, second := newOne(), newOne()
	for _, p := range []*kafka.Producer{first, second} {
		stats := p.Stats()
		read := make(chan kafka.Event, 1)
		for i := range 200 {
			require.NoError(t, p.Produce(msg(i), unread))
			require.NoError(t, p.Produce(msg(i), nil)) // Events is not read either
			require.NoError(t, p.Produce(msg(i), read))
			require.Equal(t, i, report(t, read).Opaque)
		}
		for range 20 {
			receive(t, stats)
		}
		require.NoError(t, p.FlushContext(within(t)))
	}
	for _, p := range []*kafka.Producer{first, second} {
		err := p.CloseContext(within(t))
		assert.Equal(t, kafka.UnreadReports{N: 400}, err)
	}
	select {
	case ev := <-unread:
		assert.Fail(t, "a report after Close", "%v", ev)
	default:
	}
}

func TestProducer_tokenRequestsPassUnreadLogs(t *testing.T) {
	t.Parallel()
	p := newProducer(t, kafka.ConfigMap{
		"bootstrap.servers": "127.0.0.1:1", "security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER",
		"sasl.oauthbearer.config": "principal=me", "debug": "all", "reconnect.backoff.ms": 1, "reconnect.backoff.max.ms": 1,
		"go.logs.channel.enable": true, "go.logs.channel": make(chan kafka.LogEvent),
	})
	for {
		if r, ok := receive(t, p.Events()).(kafka.OAuthBearerTokenRefresh); ok {
			assert.Equal(t, "principal=me", r.Config)
			break
		}
	}
}

func TestLogs_ofCreationAndEnd(t *testing.T) {
	t.Parallel()
	for name, ch := range map[string]chan kafka.LogEvent{
		"own": nil, "given": make(chan kafka.LogEvent, 1000), "given, no buffer": make(chan kafka.LogEvent),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProducer(t, kafka.ConfigMap{
				"group.id": "not for producers", "debug": "generic", "go.logs.channel.enable": true, "go.logs.channel": ch,
			})
			logs := p.Logs()
			if ch != nil {
				assert.Equal(t, ch, logs)
			}
			first := receive(t, logs)
			for first.Tag != "CONFWARN" {
				first = receive(t, logs)
			}
			assert.Contains(t, first.Message, "group.id is a consumer property")
			assert.Equal(t, p.String(), first.Name)
			assert.Equal(t, 4, first.Level)
			assert.WithinDuration(t, time.Now(), first.Timestamp, patience)

			closed := make(chan struct{})
			go func() {
				p.Close()
				close(closed)
			}()
			tags := map[string]bool{}
			for done := false; !done; {
				select {
				case l, ok := <-logs:
					if done = !ok; ok {
						tags[l.Tag] = true
					}
				case <-closed:
					closed = nil
					// A channel of the user's stays open, with what fits into it.
					for done = ch != nil; len(logs) > 0; {
						tags[(<-logs).Tag] = true
					}
				}
			}
			assert.True(t, tags["DESTROY"], "%v", tags)
			assert.True(t, tags["TERMINATE"], "%v", tags)
		})
	}
}

// A slow reader of a channel without a buffer loses no line.
func TestLogs_slowReader(t *testing.T) {
	t.Parallel()
	p := newProducer(t, kafka.ConfigMap{
		"debug": "conf", "go.logs.channel.enable": true, "go.logs.channel": make(chan kafka.LogEvent),
	})
	// debug=conf has one line for each property that is set, at creation.
	own := newProducer(t, kafka.ConfigMap{"debug": "conf", "go.logs.channel.enable": true})
	confLines := func(logs <-chan kafka.LogEvent) (lines []string) {
		tick := time.NewTicker(15 * time.Millisecond)
		defer tick.Stop()
		for range 5 {
			if l := receive(t, logs); l.Tag == "CONF" {
				lines = append(lines, strings.SplitN(l.Message, "]: ", 2)[1])
			}
			<-tick.C
		}
		return lines
	}
	want := confLines(own.Logs())
	require.NotEmpty(t, want)
	assert.Equal(t, want, confLines(p.Logs()))
}

// What is lost of a flood is counted, and told.
func TestLogs_floodIsCounted(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	logs := make(chan kafka.LogEvent, 10)
	p := newProducer(t, kafka.ConfigMap{
		"bootstrap.servers": mock.BootstrapServers(), "linger.ms": 0, "debug": "all",
		"go.logs.channel.enable": true, "go.logs.channel": logs,
	})
	read := make(chan kafka.Event, 1)
	for i := 0; i < 5000; i++ { // each some lines
		require.NoError(t, p.Produce(msg(i), read))
		report(t, read)
	}
	lines := 0
	for l := range logs {
		if l.Tag == "LOGDROP" {
			var n int
			_, err := fmt.Sscan(l.Message, &n)
			require.NoError(t, err)
			assert.Positive(t, n)
			assert.Contains(t, l.Message, "log lines before this one were lost")
			assert.GreaterOrEqual(t, lines, 10, "those that had been handed over are not lost")
			return
		}
		lines++
	}
}

func TestNewProducer_refusesTerminationSignal(t *testing.T) {
	t.Parallel()
	for _, conf := range []kafka.ConfigMap{
		{"internal.termination.signal": 29},
		{"default.topic.config": kafka.ConfigMap{"internal.termination.signal": 29}},
	} {
		_, err := kafka.NewProducer(&conf)
		assert.ErrorIs(t, err, kafka.ErrInvalidArg)
		assert.ErrorContains(t, err, "internal.termination.signal")
	}
	_, err := kafka.NewProducer(&kafka.ConfigMap{"internal.termination.signal": 29})
	assert.ErrorContains(t, err, "signal handler that can crash a Go program; leave it out")
}
