package kafka_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func TestOffset_String(t *testing.T) {
	t.Parallel()
	for o, want := range map[kafka.Offset]string{
		kafka.OffsetEnd: "end", kafka.OffsetBeginning: "beginning", kafka.OffsetStored: "stored", kafka.OffsetInvalid: "unset",
		0: "0", 5: "5", -3: "-3", -999: "-999", kafka.OffsetTail(5): "-2005", math.MaxInt64: "9223372036854775807",
	} {
		assert.Equal(t, want, o.String())
	}
}

func TestOffsetTail(t *testing.T) {
	t.Parallel()
	for rel, want := range map[kafka.Offset]kafka.Offset{0: -2000, 1: -2001, 5: -2005} {
		assert.Equal(t, want, kafka.OffsetTail(rel))
	}
}

func TestNewOffset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   any
		want kafka.Offset
	}{
		{"beginning", kafka.OffsetBeginning},
		{"earliest", kafka.OffsetBeginning},
		{"end", kafka.OffsetEnd},
		{"latest", kafka.OffsetEnd},
		{"unset", kafka.OffsetInvalid},
		{"invalid", kafka.OffsetInvalid},
		{"stored", kafka.OffsetStored},
		{"5", 5},
		{"+5", 5},
		{"-5", -5},
		{5, 5},
		{-5, -5},
		{int64(7), 7},
		{kafka.Offset(8), 8},
	} {
		got, err := kafka.NewOffset(c.in)
		require.NoError(t, err, "%v", c.in)
		assert.Equal(t, c.want, got, "%v", c.in)
		o := kafka.Offset(42)
		require.NoError(t, o.Set(c.in))
		assert.Equal(t, c.want, o)
	}
}

func TestNewOffset_badString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		offset kafka.Offset
		err    error
	}{
		"":                      {0, strconv.ErrSyntax},
		"abc":                   {0, strconv.ErrSyntax},
		"End":                   {0, strconv.ErrSyntax},
		"5 0":                   {0, strconv.ErrSyntax},
		"0x10":                  {0, strconv.ErrSyntax},
		"1_000":                 {0, strconv.ErrSyntax},
		"tail(5)":               {0, strconv.ErrSyntax},
		"99999999999999999999":  {math.MaxInt64, strconv.ErrRange},
		"-99999999999999999999": {math.MinInt64, strconv.ErrRange},
	} {
		got, err := kafka.NewOffset(in)
		assert.Equal(t, &strconv.NumError{Func: "Atoi", Num: in, Err: want.err}, err)
		assert.Equal(t, want.offset, got, in)
		checkSetFails(t, in, err)
	}
}

func TestNewOffset_badType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   any
		text string
	}{
		{1.5, "Invalid offset type: %!t(float64=1.5)"},
		{int32(3), "Invalid offset type: %!t(int32=3)"},
		{uint(3), "Invalid offset type: %!t(uint=3)"},
		{nil, "Invalid offset type: %!t(<nil>)"},
		{true, "Invalid offset type: true"},
		{[]byte("5"), "Invalid offset type: [%!t(uint8=53)]"},
	} {
		got, err := kafka.NewOffset(c.in)
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, c.text, false), err)
		assert.Equal(t, kafka.OffsetInvalid, got)
		checkSetFails(t, c.in, err)
	}
}

func checkSetFails(t *testing.T, in any, want error) {
	t.Helper()
	o := kafka.Offset(42)
	assert.Equal(t, want, o.Set(in))
	assert.Equal(t, kafka.Offset(42), o, "a failed Set must leave the offset alone")
}
