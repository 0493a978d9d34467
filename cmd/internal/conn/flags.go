// Package conn is what the commands of rdk share in talking to a cluster: the
// flags that describe it, the question whether it is there, and the errors that
// clients report on the side.
package conn

import (
	"cmp"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// BrokersEnv is the environment variable that stands in for --brokers.
const BrokersEnv = "BROKERS"

// Flags are the flags that describe a cluster.
type Flags struct {
	brokers string
	props   []string
}

// Add gives the command the flags.
func (f *Flags) Add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.brokers, "brokers", "b", "",
		"bootstrap brokers, as host:port,host:port (default: the environment variable "+BrokersEnv+")")
	cmd.Flags().StringArrayVarP(&f.props, "property", "X", nil,
		"a property of librdkafka, as name=value; may be given more than once")
}

// Brokers returns the list of brokers, "" when there is none.
func (f *Flags) Brokers() string { return cmp.Or(f.brokers, os.Getenv(BrokersEnv)) }

// Config returns the configuration that the flags ask for, on top of base, whose
// keys are the command's own and can't be set by -X. brokers stands for those of
// the flags when it is not "".
func (f *Flags) Config(base kafka.ConfigMap, brokers string) (*kafka.ConfigMap, error) {
	conf := kafka.ConfigMap{"go.logs.channel.enable": true}
	for _, p := range f.props {
		name, value, ok := strings.Cut(p, "=")
		_, own := base[name]
		switch {
		case !ok || name == "":
			return nil, exit.Usagef("-X %s: want name=value, as in -X linger.ms=5", p)
		case strings.HasPrefix(name, "go."):
			return nil, exit.Usagef("-X %s: properties that start with go. are for Go programs, rdk sets them itself", p)
		case own:
			return nil, exit.Usagef("-X %s: this command sets %s itself", p, name)
		}
		conf[name] = value
	}
	if conf["debug"] == nil && conf["log_level"] == nil {
		// What matters comes as error events. Warnings about the configuration have
		// the level 4.
		conf["log_level"] = 4
	}
	for name, value := range base {
		conf[name] = value
	}
	if b := cmp.Or(brokers, f.Brokers()); b != "" {
		conf["bootstrap.servers"] = b
	}
	if conf["bootstrap.servers"] == nil && conf["metadata.broker.list"] == nil {
		return nil, exit.Usagef("no brokers: give them by -b host:port or in the environment variable %s", BrokersEnv)
	}
	for _, name := range [...]string{"bootstrap.servers", "metadata.broker.list"} {
		if list, ok := conf[name].(string); ok {
			if err := checkBrokers(list); err != nil {
				return nil, err
			}
		}
	}
	return &conf, nil
}

// Lines returns AllLines when the flags ask for librdkafka's debug log, else
// usual.
func (f *Flags) Lines(usual LogLines) LogLines {
	for _, p := range f.props {
		if strings.HasPrefix(p, "debug=") {
			return AllLines
		}
	}
	return usual
}

// ConfigError is for what the constructor of a client returned: its errors are
// about the properties.
func ConfigError(err error) error {
	if errors.Is(err, kafka.ErrInvalidArg) || errors.Is(err, kafka.ErrUnsupportedFeature) {
		return exit.Usagef("configuration: %w", err)
	}
	return err
}
