package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// brokersEnv names the real broker.
const brokersEnv = "BEHAVIOUR_BROKERS"

// env is what a check runs in.
type env struct {
	id      string
	closers []func()
}

// close closes what the check has opened, the newest first.
func (e *env) close() {
	for len(e.closers) > 0 {
		last := e.closers[len(e.closers)-1]
		e.closers = e.closers[:len(e.closers)-1]
		last()
	}
}

// must ends a check that cannot be made.
func must(err error) {
	if err != nil {
		panic(broken(err.Error()))
	}
}

// name is a topic, group or id that no other check uses, and neither the other program on the same broker. Observations
// have it without the program.
func (e *env) name() string { return program + "-" + strings.ReplaceAll(e.id, ".", "-") }

// noProgram takes the program's name out of the names in an observation.
func noProgram(s string) string { return strings.ReplaceAll(s, program+"-", "") }

// topic is a pointer to the check's own topic.
func (e *env) topic() *string {
	name := e.name()
	return &name
}

var sharedMock = sync.OnceValues(func() (*kafka.MockCluster, error) { return kafka.NewMockCluster(1) })

// mock is the address of a mock cluster that all checks share.
func (e *env) mock() string {
	m, err := sharedMock()
	must(err)
	return m.BootstrapServers()
}

// broker is the address of the real broker.
func (e *env) broker() string {
	b := os.Getenv(brokersEnv)
	if b == "" {
		panic(broken("the environment variable " + brokersEnv + " does not name a broker"))
	}
	return b
}

// with returns the settings on top of those that every client of the checks has.
func with(settings kafka.ConfigMap) *kafka.ConfigMap {
	conf := kafka.ConfigMap{"log_level": 0}
	for k, v := range settings {
		conf[k] = v
	}
	return &conf
}

// producer makes a producer that the check may leave open.
func (e *env) producer(settings kafka.ConfigMap) *kafka.Producer {
	p, err := kafka.NewProducer(with(settings))
	must(err)
	e.closers = append(e.closers, p.Close)
	return p
}

// consumer makes a consumer that the check may leave open.
func (e *env) consumer(settings kafka.ConfigMap) *kafka.Consumer {
	conf := with(settings)
	if _, ok := (*conf)["group.id"]; !ok {
		(*conf)["group.id"] = e.name()
	}
	c, err := kafka.NewConsumer(conf)
	must(err)
	e.closers = append(e.closers, func() { _ = c.Close() })
	return c
}

// newProducer says how making a producer ends.
func newProducer(settings kafka.ConfigMap) string {
	p, err := kafka.NewProducer(with(settings))
	if err == nil {
		p.Close()
	}
	return show(err)
}

// newConsumer says how making a consumer ends.
func newConsumer(settings kafka.ConfigMap) string {
	c, err := kafka.NewConsumer(with(settings))
	if err == nil {
		must(c.Close())
	}
	return show(err)
}

// newAdmin says how making an admin client ends.
func newAdmin(settings kafka.ConfigMap) string {
	a, err := kafka.NewAdminClient(with(settings))
	if err == nil {
		a.Close()
	}
	return show(err)
}

// wait is how long a check waits for what must come.
const wait = 12 * time.Second

// receive takes a value that must come.
func receive[T any](ch <-chan T) T {
	select {
	case v, ok := <-ch:
		if !ok {
			panic(broken("the channel is closed"))
		}
		return v
	case <-time.After(wait):
		panic(broken("nothing came on the channel"))
	}
}

// receiveClosed waits until the channel is closed and returns how many values came before.
func receiveClosed[T any](ch <-chan T) int {
	n := 0
	timeout := time.After(wait)
	for {
		select {
		case _, ok := <-ch:
			if !ok {
				return n
			}
			n++
		case <-timeout:
			panic(broken("the channel is not closed"))
		}
	}
}

// eventually repeats an observation until it is what is wanted: a broker that has said that something is made may know
// of it a little later. It returns the last one.
func eventually(want string, observe func() string) string {
	got := ""
	for end := time.Now().Add(wait / 2); time.Now().Before(end); {
		if got = catch(observe); got == want {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	return got
}

// show gives values a form that can be compared, with commas between them.
func show(values ...any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = show1(v)
	}
	return strings.Join(parts, ", ")
}

func show1(v any) string {
	switch x := v.(type) {
	case nil:
		return "nil"
	case kafka.Error:
		return showError(x)
	case error:
		return fmt.Sprintf("%T: %v", x, x)
	case []byte:
		if x == nil {
			return "nil bytes"
		}
		return fmt.Sprintf("%q", x)
	case []kafka.TopicPartition:
		if x == nil {
			return "nil list"
		}
		return fmt.Sprint(x)
	case []string:
		if x == nil {
			return "nil list"
		}
		return fmt.Sprint(x)
	default:
		return fmt.Sprint(v)
	}
}

// showError shows an Error's code, flags and text.
func showError(err kafka.Error) string {
	s := fmt.Sprintf("[%d", err.Code())
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"fatal", err.IsFatal()},
		{"retriable", err.IsRetriable()},
		{"abort", err.TxnRequiresAbort()},
		{"timeout", err.IsTimeout()},
	} {
		if flag.set {
			s += " " + flag.name
		}
	}
	return s + "] " + err.Error()
}

// code is the code of the error that may be a kafka.Error.
func code(err error) string {
	var kerr kafka.Error
	switch {
	case err == nil:
		return "nil"
	case errors.As(err, &kerr):
		return fmt.Sprint(int(kerr.Code()))
	default:
		return show(err)
	}
}
