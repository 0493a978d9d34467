//go:build oldstyle

package audit

import . "github.com/confluentinc/confluent-kafka-go/v2/kafka"

var Link = LibrdkafkaLinkInfo

var kerberos = ConfigMap{"sasl.mechanisms": "GSSAPI", "sasl.kerberos.keytab": "k"}
