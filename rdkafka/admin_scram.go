//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// ScramAlteration sets or deletes a user's password for one mechanism.
type ScramAlteration struct {
	User       string
	Mechanism  int  // rd_kafka_ScramMechanism_t
	Delete     bool // the rest is not used then
	Iterations int
	Password   []byte
	Salt       []byte // empty: a random one
}

// AlterUserScramCredentials sets and deletes passwords. The result is
// [Event.AlterUserScramCredentialsResult].
//
// Implements:
//
//	rd_kafka_UserScramCredentialAlteration_t *rd_kafka_UserScramCredentialUpsertion_new(const char *username, rd_kafka_ScramMechanism_t mechanism, int32_t iterations, const unsigned char *password, size_t password_size, const unsigned char *salt, size_t salt_size)
//	rd_kafka_UserScramCredentialAlteration_t *rd_kafka_UserScramCredentialDeletion_new(const char *username, rd_kafka_ScramMechanism_t mechanism)
//	void rd_kafka_UserScramCredentialAlteration_destroy(rd_kafka_UserScramCredentialAlteration_t *alteration)
//	void rd_kafka_AlterUserScramCredentials(rd_kafka_t *rk, rd_kafka_UserScramCredentialAlteration_t **alterations, size_t alteration_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) AlterUserScramCredentials(alterations []ScramAlteration, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list := make([]*C.rd_kafka_UserScramCredentialAlteration_t, 0, len(alterations)+1)
	defer func() {
		for _, p := range list {
			C.rd_kafka_UserScramCredentialAlteration_destroy(p)
			countDestroy("scramalteration")
		}
	}()
	for i := range alterations {
		s := &alterations[i]
		user, mechanism := a.str("user", s.User), C.rd_kafka_ScramMechanism_t(s.Mechanism)
		if s.Delete {
			list = append(list, C.rd_kafka_UserScramCredentialDeletion_new(user, mechanism))
		} else {
			list = append(list, C.rd_kafka_UserScramCredentialUpsertion_new(user, mechanism, C.int32_t(s.Iterations),
				bytePtr(s.Password), C.size_t(len(s.Password)), bytePtr(s.Salt), C.size_t(len(s.Salt))))
		}
		countNew("scramalteration")
	}
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_AlterUserScramCredentials(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// noBytes is what the address of no byte is taken of: for librdkafka NULL is null
// and not empty.
var noBytes [1]byte

func bytePtr(b []byte) *C.uchar {
	if len(b) == 0 {
		b = noBytes[:]
	}
	return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b)))
}

// ScramResult is what became of one user.
type ScramResult struct {
	User string
	Err  Error
}

// AlterUserScramCredentialsResult returns what became of each user.
//
// Implements:
//
//	const rd_kafka_AlterUserScramCredentials_result_t *rd_kafka_event_AlterUserScramCredentials_result(rd_kafka_event_t *rkev)
//	const rd_kafka_AlterUserScramCredentials_result_response_t **rd_kafka_AlterUserScramCredentials_result_responses(const rd_kafka_AlterUserScramCredentials_result_t *result, size_t *cntp)
//	const char *rd_kafka_AlterUserScramCredentials_result_response_user(const rd_kafka_AlterUserScramCredentials_result_response_t *response)
//	const rd_kafka_error_t *rd_kafka_AlterUserScramCredentials_result_response_error(const rd_kafka_AlterUserScramCredentials_result_response_t *response)
func (e *Event) AlterUserScramCredentialsResult() []ScramResult {
	var n C.size_t
	p := C.rd_kafka_AlterUserScramCredentials_result_responses(C.rd_kafka_event_AlterUserScramCredentials_result(e.p), &n)
	out := make([]ScramResult, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		out[i] = ScramResult{
			C.GoString(C.rd_kafka_AlterUserScramCredentials_result_response_user(r)),
			copyError(C.rd_kafka_AlterUserScramCredentials_result_response_error(r)),
		}
	}
	return out
}

// DescribeUserScramCredentials tells which mechanisms users have a password for;
// no users means all. The result is [Event.DescribeUserScramCredentialsResult].
//
// Implements:
//
//	void rd_kafka_DescribeUserScramCredentials(rd_kafka_t *rk, const char **users, size_t user_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeUserScramCredentials(users []string, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	names := a.strs("user", users)
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_DescribeUserScramCredentials(c.p, unsafe.SliceData(names), C.size_t(len(names)), o.p, q.p)
	return nil
}

// ScramDescription tells which mechanisms a user has a password for.
type ScramDescription struct {
	User        string
	Err         Error
	Credentials []ScramCredential
}

// ScramCredential is one mechanism of a user.
type ScramCredential struct {
	Mechanism  int
	Iterations int
}

// DescribeUserScramCredentialsResult returns the descriptions.
//
// Implements:
//
//	const rd_kafka_DescribeUserScramCredentials_result_t *rd_kafka_event_DescribeUserScramCredentials_result(rd_kafka_event_t *rkev)
//	const rd_kafka_UserScramCredentialsDescription_t **rd_kafka_DescribeUserScramCredentials_result_descriptions(const rd_kafka_DescribeUserScramCredentials_result_t *result, size_t *cntp)
//	const char *rd_kafka_UserScramCredentialsDescription_user(const rd_kafka_UserScramCredentialsDescription_t *description)
//	const rd_kafka_error_t *rd_kafka_UserScramCredentialsDescription_error(const rd_kafka_UserScramCredentialsDescription_t *description)
//	size_t rd_kafka_UserScramCredentialsDescription_scramcredentialinfo_count(const rd_kafka_UserScramCredentialsDescription_t *description)
//	const rd_kafka_ScramCredentialInfo_t *rd_kafka_UserScramCredentialsDescription_scramcredentialinfo(const rd_kafka_UserScramCredentialsDescription_t *description, size_t idx)
//	rd_kafka_ScramMechanism_t rd_kafka_ScramCredentialInfo_mechanism(const rd_kafka_ScramCredentialInfo_t *scram_credential_info)
//	int32_t rd_kafka_ScramCredentialInfo_iterations(const rd_kafka_ScramCredentialInfo_t *scram_credential_info)
func (e *Event) DescribeUserScramCredentialsResult() []ScramDescription {
	var n C.size_t
	p := C.rd_kafka_DescribeUserScramCredentials_result_descriptions(C.rd_kafka_event_DescribeUserScramCredentials_result(e.p), &n)
	out := make([]ScramDescription, int(n))
	for i, d := range unsafe.Slice(p, int(n)) {
		creds := make([]ScramCredential, int(C.rd_kafka_UserScramCredentialsDescription_scramcredentialinfo_count(d)))
		for j := range creds {
			info := C.rd_kafka_UserScramCredentialsDescription_scramcredentialinfo(d, C.size_t(j))
			creds[j] = ScramCredential{
				int(C.rd_kafka_ScramCredentialInfo_mechanism(info)),
				int(C.rd_kafka_ScramCredentialInfo_iterations(info)),
			}
		}
		out[i] = ScramDescription{
			C.GoString(C.rd_kafka_UserScramCredentialsDescription_user(d)),
			copyError(C.rd_kafka_UserScramCredentialsDescription_error(d)),
			creds,
		}
	}
	return out
}
