package main

import (
	"fmt"
	"go/format"
	"path"
)

// absent are the packages of confluent-kafka-go v2.15.1 that a program may import
// and that this project does not have. Its internal packages, its tests and its
// commands are not among them.
var absent = []string{
	"schemaregistry",
	"schemaregistry/cache",
	"schemaregistry/confluent",
	"schemaregistry/confluent/types",
	"schemaregistry/rest",
	"schemaregistry/rules/cel",
	"schemaregistry/rules/encryption",
	"schemaregistry/rules/encryption/awskms",
	"schemaregistry/rules/encryption/azurekms",
	"schemaregistry/rules/encryption/deks",
	"schemaregistry/rules/encryption/gcpkms",
	"schemaregistry/rules/encryption/hcvault",
	"schemaregistry/rules/encryption/localkms",
	"schemaregistry/rules/jsonata",
	"schemaregistry/serde",
	"schemaregistry/serde/avro",
	"schemaregistry/serde/avrov2",
	"schemaregistry/serde/avrov3",
	"schemaregistry/serde/jsonschema",
	"schemaregistry/serde/protobuf",
}

// advice is where the way out is written down.
const advice = "https://github.com/rdkafka-go/rdkafka/blob/main/docs/migrating.md#schema-registry"

// absentPackage returns a file that does not compile. A constant of the wrong type
// is the one error whose text the Go compiler lets its author write: it shows the
// string whole, on one line, and no other error beside it. A build constraint or
// an import of nothing would give a text of Go's own, and stop go mod tidy too.
func absentPackage(dir string) ([]byte, error) {
	name := path.Base(dir)
	text := fmt.Sprintf("rdkafka does not have confluent-kafka-go's package %s: %s says how to keep it", dir, advice)
	return format.Source(fmt.Appendf(nil, `%s

// Package %s stands in for a package of confluent-kafka-go that is not here: it does
// not compile, and the compiler's error says what to do.
package %s

const _ int = %q
`, header, name, name, text))
}
