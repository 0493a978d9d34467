//go:build !dynamic

package kafka

const linkInfo = "static, compiled from librdkafka's source"
