package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// version says what rdk was made of: its own version from the build information,
// librdkafka's, and what was compiled into that.
func version() string {
	own := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		own = info.Main.Version
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rdk %s, %s %s/%s\n", own, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	_, lib := kafka.LibraryVersion()
	fmt.Fprintf(&b, "librdkafka %s, %s\n", lib, kafka.LibrdkafkaLinkInfo)
	fmt.Fprintf(&b, "built-in features: %s\n", features())
	return b.String()
}

// features asks librdkafka itself. Package kafka has no call for it, as its
// configuration can only be read through a client.
func features() string {
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	list, _ := conf.Get("builtin.features")
	return strings.ReplaceAll(list, ",", " ")
}
