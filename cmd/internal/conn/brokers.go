package conn

import (
	"net"
	"strconv"
	"strings"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// checkBrokers refuses a list that librdkafka would take and misunderstand: it
// cuts a port that is too large to 16 bits, and passes over an empty entry.
func checkBrokers(list string) error {
	for _, entry := range strings.Split(list, ",") {
		bad := func(why string) error {
			return exit.Usagef("brokers %q: %q %s: want host:port,host:port", list, entry, why)
		}
		addr := strings.TrimSpace(entry)
		if _, rest, ok := strings.Cut(addr, "://"); ok { // of the form SSL://host:port
			addr = rest
		}
		switch {
		case addr == "":
			return bad("is empty")
		case strings.ContainsAny(addr, " \t/"):
			return bad("is no address")
		case !strings.Contains(addr, ":") || strings.HasPrefix(addr, "[") && strings.HasSuffix(addr, "]"):
			continue // no port: 9092
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil || host == "" {
			return bad("is no address")
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return bad("has no port from 1 to 65535")
		}
	}
	return nil
}
