//go:build dynamic

package kafka

const linkInfo = "dynamically linked to the system's librdkafka"
