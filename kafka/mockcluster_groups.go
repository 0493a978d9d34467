package kafka

import (
	"sort"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// SetGroupRebalanceDelay sets how long a group without members waits for more of
// them when the first one joins, in whole milliseconds; the default is 3 s, as on
// a real broker.
func (m *MockCluster) SetGroupRebalanceDelay(delay time.Duration) error {
	return m.with(func() error {
		m.mock.SetGroupRebalanceDelay(delay)
		return nil
	})
}

// SetGroupConsumerSessionTimeout sets the session timeout that brokers give to the
// members of groups with group.protocol=consumer (KIP-848), in whole milliseconds.
// It holds for groups that come to be afterwards.
func (m *MockCluster) SetGroupConsumerSessionTimeout(timeout time.Duration) error {
	return m.with(func() error {
		m.mock.SetGroupConsumerSessionTimeout(timeout)
		return nil
	})
}

// SetGroupConsumerHeartbeatInterval sets how often those members send heartbeats,
// in whole milliseconds. It holds for groups that come to be afterwards.
func (m *MockCluster) SetGroupConsumerHeartbeatInterval(interval time.Duration) error {
	return m.with(func() error {
		m.mock.SetGroupConsumerHeartbeatInterval(interval)
		return nil
	})
}

// SetTargetAssignment sets what each member of a group with group.protocol=consumer
// is to have, by its id ([Consumer.MemberID]). A member that is not named is to have
// nothing. From then on the brokers assign nothing by themselves. A group without
// members is left alone.
func (m *MockCluster) SetTargetAssignment(groupID string, assignment map[string][]TopicPartition) error {
	members := make([]string, 0, len(assignment))
	for id := range assignment {
		members = append(members, id)
	}
	sort.Strings(members)
	lists := make([][]rdkafka.TopicPartition, len(members))
	for i, id := range members {
		var err error
		if lists[i], err = toRDList(assignment[id]); err != nil {
			return err
		}
	}
	return m.with(func() error { return m.mock.SetTargetAssignment(groupID, members, lists) })
}
