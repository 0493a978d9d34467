package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func formatFacts() []fact {
	topic := "t"
	return []fact{
		{
			id: "formats.topic-partition", bullet: "formats 1",
			says: "A TopicPartition prints topic, partition, offset and error.",
			want: "t[0]@end(boom), t[1]@5, <null>[0]@0",
			check: func(*env) string {
				return show(kafka.TopicPartition{Topic: &topic, Offset: kafka.OffsetEnd, Error: errors.New("boom")},
					kafka.TopicPartition{Topic: &topic, Partition: 1, Offset: 5}, kafka.TopicPartition{})
			},
		},
		{
			id: "formats.message", bullet: "formats 1",
			says: "A Message prints topic, partition and offset without the error, by its pointer; a nil topic prints as nothing.",
			want: "t[0]@3, [0]@0, value has String: false",
			check: func(*env) string {
				a := &kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic, Offset: 3, Error: errors.New("boom")}}
				_, ok := any(*a).(fmt.Stringer)
				return fmt.Sprintf("%v, %v, value has String: %t", a, &kafka.Message{}, ok)
			},
		},
		{
			id: "formats.offset-text", bullet: "formats 1",
			says: "Logical offsets print by name, the end's tail as a number.",
			want: "beginning end unset stored 7 -2005",
			check: func(*env) string {
				return fmt.Sprint(kafka.OffsetBeginning, " ", kafka.OffsetEnd, " ", kafka.OffsetInvalid, " ", kafka.OffsetStored, " ",
					kafka.Offset(7), " ", kafka.OffsetTail(5))
			},
		},
		{
			id: "formats.new-offset", bullet: "formats 1",
			says: "NewOffset takes texts, int, int64 and Offset.",
			want: "-2, nil; -2, nil; -1, nil; -1, nil; -1001, nil; -1001, nil; -1000, nil; -5, nil; 12, nil; 3, nil; 4, nil; -1000, nil",
			check: func(*env) string {
				got := []string{}
				for _, v := range []any{"beginning", "earliest", "end", "latest", "unset", "invalid", "stored", "-5", "12", 3, int64(4), kafka.OffsetStored} {
					o, err := kafka.NewOffset(v)
					got = append(got, show(int64(o), err))
				}
				return strings.Join(got, "; ")
			},
		},
		{
			id: "formats.new-offset-bad", bullet: "formats 1",
			says: "NewOffset of a bad text gives strconv's error, and of another type ErrInvalidArg.",
			want: `0, *strconv.NumError: strconv.Atoi: parsing "x": invalid syntax; 9223372036854775807, *strconv.NumError: strconv.Atoi: parsing "99999999999999999999": value out of range; -1001, [-186] Invalid offset type: %!t(float64=1.5); -1001, [-186] Invalid offset type: %!t(int32=1); -1001, [-186] Invalid offset type: %!t(<nil>)`,
			check: func(*env) string {
				got := []string{}
				for _, v := range []any{"x", "99999999999999999999", 1.5, int32(1), nil} {
					o, err := kafka.NewOffset(v)
					got = append(got, show(int64(o), err))
				}
				return strings.Join(got, "; ")
			},
		},
		{
			id: "formats.offset-set", bullet: "formats 1",
			says: "Offset.Set changes the offset only when it can be read.",
			want: `-1, nil, -1, *strconv.NumError: strconv.Atoi: parsing "x": invalid syntax`,
			check: func(*env) string {
				o := kafka.Offset(1)
				err1 := o.Set("end")
				first := int64(o)
				err2 := o.Set("x")
				return show(first, err1, int64(o), err2)
			},
		},
		{
			id: "formats.header", bullet: "formats 1",
			says: "A Header prints its value, cut to 50 bytes when it is longer than 65.",
			want: `k=nil, k=<empty>, k="a\x00", 69, k="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"(16 more bytes)`,
			check: func(*env) string {
				return show(kafka.Header{Key: "k"}, kafka.Header{Key: "k", Value: []byte{}}, kafka.Header{Key: "k", Value: []byte("a\x00")},
					len(kafka.Header{Key: "k", Value: []byte(strings.Repeat("x", 65))}.String()),
					kafka.Header{Key: "k", Value: []byte(strings.Repeat("x", 66))})
			},
		},
		{
			id: "formats.stats", bullet: "formats 1",
			says: "Stats has no exported field.",
			want: "0 exported",
			check: func(*env) string {
				n := 0
				for _, f := range reflect.VisibleFields(reflect.TypeFor[kafka.Stats]()) {
					if f.IsExported() {
						n++
					}
				}
				return fmt.Sprintf("%d exported", n)
			},
		},
		{
			id: "formats.originating-broker", bullet: "formats 1",
			says: "Metadata names the broker that answered in Host alone.",
			want: "true, 0, true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
				meta, err := p.GetMetadata(nil, true, int(wait.Milliseconds()))
				must(err)
				b := meta.OriginatingBroker
				return show(strings.HasPrefix(b.Host, e.mock()+"/"), b.Port, b.ID == 1 || b.ID == -1)
			},
		},
		{
			id: "formats.uuid", bullet: "formats 1",
			says: "A zero UUID prints as nothing.",
			want: "<>, 0, 0",
			check: func(*env) string {
				u := kafka.UUID{}
				return fmt.Sprintf("<%s>, %d, %d", u, u.GetMostSignificantBits(), u.GetLeastSignificantBits())
			},
		},
		{
			id: "formats.events", bullet: "formats 1",
			says: "The other events print like this.",
			want: "AssignedPartitions: [t[0]@1], RevokedPartitions: [t[0]@1], OffsetsCommitted (<nil>, [t[0]@1]), OAuthBearerTokenRefresh, EOF at t[0]@2, CreateTime",
			check: func(*env) string {
				list := []kafka.TopicPartition{{Topic: &topic, Offset: 1}}
				return show(kafka.AssignedPartitions{Partitions: list}, kafka.RevokedPartitions{Partitions: list},
					kafka.OffsetsCommitted{Offsets: list}, kafka.OAuthBearerTokenRefresh{Config: "c"},
					kafka.PartitionEOF{Topic: &topic, Offset: 2}) + fmt.Sprintf(", %v", kafka.TimestampCreateTime)
			},
		},
	}
}
