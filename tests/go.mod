module github.com/rdkafka-go/rdkafka/tests

go 1.25.0

replace github.com/rdkafka-go/rdkafka => ../

require github.com/stretchr/testify v1.12.1

require golang.org/x/sys v0.47.0 // indirect

require (
	github.com/rdkafka-go/rdkafka v0.0.0
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
