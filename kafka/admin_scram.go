package kafka

import (
	"context"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// ScramCredentialInfo is a mechanism that a user has a password for.
//
// Concurrency: a plain value; see the package overview.
type ScramCredentialInfo struct {
	// Iterations is how often the password is hashed: 4096 to 16384.
	Iterations int
	// Mechanism is the mechanism.
	Mechanism ScramMechanism
}

// UserScramCredentialsDescription tells which mechanisms a user has a password
// for.
//
// Concurrency: a plain value; see the package overview.
type UserScramCredentialsDescription struct {
	// User is the user's name.
	User string
	// ScramCredentialInfos are the mechanisms.
	ScramCredentialInfos []ScramCredentialInfo
	// Error is what went wrong, such as ErrResourceNotFound; Code() is ErrNoError
	// when nothing did.
	Error Error
}

// UserScramCredentialUpsertion sets a user's password for a mechanism.
//
// Concurrency: a plain value; see the package overview.
type UserScramCredentialUpsertion struct {
	// User is the user's name.
	User string
	// ScramCredentialInfo is the mechanism.
	ScramCredentialInfo ScramCredentialInfo
	// Password is the password, which is not empty.
	Password []byte
	// Salt is mixed into the hash; empty for a random one.
	Salt []byte
}

// UserScramCredentialDeletion takes a user's password for a mechanism away.
//
// Concurrency: a plain value; see the package overview.
type UserScramCredentialDeletion struct {
	// User is the user's name.
	User string
	// Mechanism is the mechanism.
	Mechanism ScramMechanism
}

// DescribeUserScramCredentialsResult is the result of
// [AdminClient.DescribeUserScramCredentials].
//
// Concurrency: a plain value; see the package overview.
type DescribeUserScramCredentialsResult struct {
	// Descriptions are the users by their names.
	Descriptions map[string]UserScramCredentialsDescription
}

// AlterUserScramCredentialsResult is the result of
// [AdminClient.AlterUserScramCredentials].
//
// Concurrency: a plain value; see the package overview.
type AlterUserScramCredentialsResult struct {
	// Errors say for each user what went wrong; Code() is ErrNoError when nothing
	// did.
	Errors map[string]Error
}

// DescribeUserScramCredentials tells which mechanisms users have a password for;
// no users means all.
func (a *AdminClient) DescribeUserScramCredentials(ctx context.Context, users []string, options ...DescribeUserScramCredentialsAdminOption) (result DescribeUserScramCredentialsResult, err error) {
	return request(ctx, a, rdkafka.AdminDescribeUserScramCredentials, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DescribeUserScramCredentials(users, o, q)
		},
		func(ev *rdkafka.Event) DescribeUserScramCredentialsResult {
			in := ev.DescribeUserScramCredentialsResult()
			out := make(map[string]UserScramCredentialsDescription, len(in))
			for i := range in {
				d := UserScramCredentialsDescription{
					User: in[i].User, Error: fromRDError(&in[i].Err),
					ScramCredentialInfos: make([]ScramCredentialInfo, len(in[i].Credentials)),
				}
				for j, c := range in[i].Credentials {
					d.ScramCredentialInfos[j] = ScramCredentialInfo{Iterations: c.Iterations, Mechanism: ScramMechanism(c.Mechanism)}
				}
				out[d.User] = d
			}
			return DescribeUserScramCredentialsResult{Descriptions: out}
		})
}

// AlterUserScramCredentials sets and takes away users' passwords. librdkafka
// hashes a password before it is sent. A user may be in the two lists only once
// (ErrDuplicateResource).
func (a *AdminClient) AlterUserScramCredentials(ctx context.Context, upsertions []UserScramCredentialUpsertion, deletions []UserScramCredentialDeletion, options ...AlterUserScramCredentialsAdminOption) (result AlterUserScramCredentialsResult, err error) {
	list := make([]rdkafka.ScramAlteration, 0, len(upsertions)+len(deletions))
	for i := range upsertions {
		u := &upsertions[i]
		list = append(list, rdkafka.ScramAlteration{
			User: u.User, Mechanism: int(u.ScramCredentialInfo.Mechanism), Iterations: u.ScramCredentialInfo.Iterations,
			Password: u.Password, Salt: u.Salt,
		})
	}
	for _, d := range deletions {
		list = append(list, rdkafka.ScramAlteration{User: d.User, Mechanism: int(d.Mechanism), Delete: true})
	}
	return request(ctx, a, rdkafka.AdminAlterUserScramCredentials, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.AlterUserScramCredentials(list, o, q)
		},
		func(ev *rdkafka.Event) AlterUserScramCredentialsResult {
			in := ev.AlterUserScramCredentialsResult()
			out := make(map[string]Error, len(in))
			for i := range in {
				out[in[i].User] = fromRDError(&in[i].Err)
			}
			return AlterUserScramCredentialsResult{Errors: out}
		})
}
