package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// unixMilli is a time in ms since 1970.
func unixMilli(ms int64) time.Time { return time.UnixMilli(ms) }

func adminNameFacts() []fact {
	return []fact{
		{
			id: "admin.from-string", bullet: "admin 10",
			says: "The functions that read names take any case.",
			want: "TOPIC, nil; LITERAL, nil; DESCRIBE_CONFIGS, nil; ALLOW, nil; SCRAM-SHA-512, nil; 1, nil; Stable, nil; Consumer",
			check: func(*env) string {
				a, err1 := kafka.ResourceTypeFromString("topic")
				b, err2 := kafka.ResourcePatternTypeFromString("Literal")
				c, err3 := kafka.ACLOperationFromString("describe_Configs")
				d, err4 := kafka.ACLPermissionTypeFromString("ALLOW")
				f, err5 := kafka.ScramMechanismFromString("scram-sha-512")
				g, err6 := kafka.ElectionTypeFromString("unclean")
				h, err7 := kafka.ConsumerGroupStateFromString("stable")
				return strings.Join([]string{
					show(a, err1), show(b, err2), show(c, err3), show(d, err4), show(f, err5), show(int(g), err6), show(h, err7),
					show(kafka.ConsumerGroupTypeFromString("consumer")),
				}, "; ")
			},
		},
		{
			id: "admin.from-string-unknown", bullet: "admin 10",
			says: "Unknown names are errors, but not of group states and types; the value beside the error of an election is 0.",
			want: "[-186] Unknown resource type, [-186] Unknown resource pattern type, [-186] Unknown ACL operation, [-186] Unknown ACL permission type, [-186] Unknown SCRAM mechanism, 0, [-186] Unknown election type, 0, nil, 0",
			check: func(*env) string {
				_, err1 := kafka.ResourceTypeFromString("x")
				_, err2 := kafka.ResourcePatternTypeFromString("x")
				_, err3 := kafka.ACLOperationFromString("x")
				_, err4 := kafka.ACLPermissionTypeFromString("x")
				_, err5 := kafka.ScramMechanismFromString("x")
				g, err6 := kafka.ElectionTypeFromString("x")
				h, err7 := kafka.ConsumerGroupStateFromString("x")
				return show(err1, err2, err3, err4, err5, int(g), err6, int(h), err7, int(kafka.ConsumerGroupTypeFromString("x")))
			},
		},
		{
			id: "admin.names-out-of-range", bullet: "admin 10",
			says: "Values out of range print like this.",
			want: `["UNSUPPORTED" "UNSUPPORTED" "UNSUPPORTED" "UNSUPPORTED" "UNSUPPORTED" "" "" "Unknown1?" "Unknown 4" "UNKNOWN" "NotAvailable"]`,
			check: func(*env) string {
				return fmt.Sprintf("%q", []string{
					kafka.ResourceType(99).String(), kafka.ResourcePatternType(99).String(), kafka.ACLOperation(99).String(),
					kafka.ACLPermissionType(99).String(), kafka.ConfigSource(99).String(), kafka.ConsumerGroupState(99).String(),
					kafka.ConsumerGroupType(99).String(), kafka.AlterOperation(1).String(), kafka.AlterConfigOpType(4).String(),
					kafka.ScramMechanism(99).String(), kafka.TimestampType(99).String(),
				})
			},
		},
		{
			id: "admin.alter-operation", bullet: "admin 10",
			says: "AlterOperationSet is an untyped constant.",
			want: "1.5",
			check: func(*env) string {
				return show(kafka.AlterOperationSet + 1.5)
			},
		},
	}
}

func errorFacts() []fact {
	return []fact{
		{
			id: "errors.equal", bullet: "errors 1",
			says: "Errors are values that are equal when code, text and flags are.",
			want: "true, false, false, true",
			check: func(*env) string {
				e := kafka.NewError(kafka.ErrFail, "x", false)
				return show(same(e, kafka.NewError(kafka.ErrFail, "x", false)), same(e, kafka.NewError(kafka.ErrFail, "y", false)),
					same(e, kafka.NewError(kafka.ErrFail, "x", true)), map[any]bool{e: true}[kafka.NewError(kafka.ErrFail, "x", false)])
			},
		},
		{
			id: "errors.text", bullet: "errors 1",
			says: "An Error prints its text, or its code's when it has none; a fatal one says so first.",
			want: "boom, boom, Local: Communication failure with broker, Fatal error: boom",
			check: func(*env) string {
				e := kafka.NewError(kafka.ErrFail, "boom", false)
				return fmt.Sprintf("%s, %s, %s, %s", e.Error(), e.String(), kafka.NewError(kafka.ErrFail, "", false).Error(),
					kafka.NewError(kafka.ErrFail, "boom", true).Error())
			},
		},
		{
			id: "errors.timeout", bullet: "errors 1",
			says: "IsTimeout is true of three codes.",
			want: "true true true false",
			check: func(*env) string {
				got := ""
				for _, c := range []kafka.ErrorCode{kafka.ErrTimedOut, kafka.ErrTimedOutQueue, kafka.ErrMsgTimedOut, kafka.ErrRequestTimedOut} {
					got += fmt.Sprint(kafka.NewError(c, "", false).IsTimeout()) + " "
				}
				return strings.TrimSpace(got)
			},
		},
		{
			id: "errors.code-text", bullet: "errors 2",
			says: "ErrorCode prints librdkafka's texts.",
			want: "Success, Local: Broker transport failure, Broker: Offset out of range, Err-150?, Err--120?, Unknown broker error",
			check: func(*env) string {
				return show(kafka.ErrNoError.String(), kafka.ErrTransport.String(), kafka.ErrOffsetOutOfRange.String(),
					kafka.ErrorCode(150).String(), kafka.ErrorCode(-120).String(), kafka.ErrorCode(-1).String())
			},
		},
		{
			id: "errors.write-codes", bullet: "errors 3",
			says: "WriteErrorCodes writes Go source with the codes.",
			want: "ErrTimedOut: true, ErrNoError: true",
			check: func(*env) string {
				f, err := os.CreateTemp("", "codes-*.go")
				must(err)
				defer os.Remove(f.Name())
				kafka.WriteErrorCodes(f)
				_, err = f.Seek(0, io.SeekStart)
				must(err)
				text, err := io.ReadAll(f)
				must(err)
				must(f.Close())
				return fmt.Sprintf("ErrTimedOut: %t, ErrNoError: %t",
					strings.Contains(string(text), "ErrTimedOut ErrorCode = "), strings.Contains(string(text), "ErrNoError ErrorCode = "))
			},
		},
	}
}
