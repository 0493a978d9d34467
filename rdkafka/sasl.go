//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import "unsafe"

// SetOAuthBearerToken gives the client a token. expiryMs is in ms since 1970;
// extensions alternates keys and values.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_oauthbearer_set_token(rd_kafka_t *rk, const char *token_value, int64_t md_lifetime_ms, const char *md_principal_name, const char **extensions, size_t extension_size, char *errstr, size_t errstr_size)
func (c *Client) SetOAuthBearerToken(token string, expiryMs int64, principal string, extensions []string) error {
	t, freeT := cString(token)
	defer freeT()
	p, freeP := cString(principal)
	defer freeP()
	ext := make([]*C.char, len(extensions), len(extensions)+1)
	for i, e := range extensions {
		ext[i], _ = cString(e)
	}
	defer func() {
		for _, e := range ext {
			C.free(unsafe.Pointer(e))
		}
	}()
	var buf [errBufSize]C.char
	code := C.rd_kafka_oauthbearer_set_token(c.p, t, C.int64_t(expiryMs), p,
		unsafe.SliceData(ext), C.size_t(len(ext)), &buf[0], C.size_t(len(buf)))
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return nil
	}
	return &Error{Code: int(code), Str: C.GoString(&buf[0])}
}

// SetOAuthBearerTokenFailure says that no token could be had; librdkafka reports
// reason as an error and asks again later.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_oauthbearer_set_token_failure(rd_kafka_t *rk, const char *errstr)
func (c *Client) SetOAuthBearerTokenFailure(reason string) error {
	r, free := cString(reason)
	defer free()
	return codeError(C.rd_kafka_oauthbearer_set_token_failure(c.p, r))
}

// SetSASLCredentials replaces user name and password for the connections to
// come; open ones stay.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_sasl_set_credentials(rd_kafka_t *rk, const char *username, const char *password)
func (c *Client) SetSASLCredentials(user, password string) error {
	u, freeU := cString(user)
	defer freeU()
	p, freeP := cString(password)
	defer freeP()
	return takeError(C.rd_kafka_sasl_set_credentials(c.p, u, p))
}
