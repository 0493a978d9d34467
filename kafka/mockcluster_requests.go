package kafka

import "time"

// PushRequestErrors makes the next requests of an API fail with these codes, one
// each, whichever broker gets them. apiKey is the number that Kafka's protocol
// gives the API: 0 is Produce, 1 Fetch, 3 Metadata.
func (m *MockCluster) PushRequestErrors(apiKey int16, codes ...ErrorCode) error {
	return m.with(func() error {
		list := make([]int, len(codes))
		for i, c := range codes {
			list[i] = int(c)
		}
		m.mock.PushRequestErrors(apiKey, list...)
		return nil
	})
}

// ClearRequestErrors forgets what PushRequestErrors has left for an API.
func (m *MockCluster) ClearRequestErrors(apiKey int16) error {
	return m.with(func() error {
		m.mock.ClearRequestErrors(apiKey)
		return nil
	})
}

// MockRequestError is how a broker treats one request.
type MockRequestError struct {
	// Code is what it answers with; with ErrNoError it does as it is asked.
	Code ErrorCode
	// Roundtrip is how much later than usual the answer goes out, in whole
	// milliseconds.
	Roundtrip time.Duration
}

// PushBrokerRequestErrors says how a broker treats its next requests of an API, one
// each.
func (m *MockCluster) PushBrokerRequestErrors(brokerID int, apiKey int16, errs ...MockRequestError) error {
	return m.with(func() error {
		for _, e := range errs {
			if err := m.mock.PushBrokerRequestError(int32(brokerID), apiKey, int(e.Code), e.Roundtrip); err != nil {
				return err
			}
		}
		return nil
	})
}

// BrokerRequestErrors returns how many of these are still to come.
func (m *MockCluster) BrokerRequestErrors(brokerID int, apiKey int16) (n int, err error) {
	err = m.with(func() (err error) {
		n, err = m.mock.BrokerRequestErrors(int32(brokerID), apiKey)
		return err
	})
	return n, err
}

// MockRequest is a request that a broker got.
type MockRequest struct {
	BrokerID int
	APIKey   int16
	// Sent is when it came, on a clock of its own: only the time between two
	// requests means something.
	Sent time.Duration
}

// StartRequestTracking forgets what is remembered and begins to remember the
// requests that brokers get.
func (m *MockCluster) StartRequestTracking() error {
	return m.with(func() error {
		m.mock.StartRequestTracking()
		return nil
	})
}

// StopRequestTracking ends that and forgets them: call Requests before.
func (m *MockCluster) StopRequestTracking() error {
	return m.with(func() error {
		m.mock.StopRequestTracking()
		return nil
	})
}

// Requests returns the remembered requests in the order in which they came.
func (m *MockCluster) Requests() (requests []MockRequest, err error) {
	err = m.with(func() error {
		for _, r := range m.mock.Requests() {
			requests = append(requests, MockRequest{
				BrokerID: int(r.Broker), APIKey: r.APIKey, Sent: time.Duration(r.Micros) * time.Microsecond,
			})
		}
		return nil
	})
	return requests, err
}

// ClearRequests forgets them.
func (m *MockCluster) ClearRequests() error {
	return m.with(func() error {
		m.mock.ClearRequests()
		return nil
	})
}

// SetTelemetryMetrics sets which metrics brokers ask clients for (KIP-714), by the
// beginnings of their names; without any they ask for none.
func (m *MockCluster) SetTelemetryMetrics(prefixes ...string) error {
	return m.with(func() error { return m.mock.SetTelemetryMetrics(prefixes) })
}

// SetTelemetryPushInterval sets how often clients are asked to send them, in whole
// milliseconds.
func (m *MockCluster) SetTelemetryPushInterval(interval time.Duration) error {
	return m.with(func() error { return m.mock.SetTelemetryPushInterval(interval) })
}
