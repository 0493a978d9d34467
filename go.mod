module github.com/rdkafka-go/rdkafka

go 1.25.0
