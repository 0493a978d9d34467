# The command rdk as one static program in an image that holds nothing else but
# the certificates of the authorities. build/dockerfile-check.sh runs these lines
# without a container engine; keep to the instructions that it knows.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY build/setup.sh build/setup.sh
RUN build/setup.sh build
COPY . .
RUN go run ./librdkafka/fetch
RUN go build -trimpath -ldflags '-s -w -extldflags "-static"' -o /rdk ./cmd/rdk

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/LICENSE /src/NOTICE /src/librdkafka/src/LICENSES.txt /licenses/
COPY --from=build /rdk /rdk
ENTRYPOINT ["/rdk"]
