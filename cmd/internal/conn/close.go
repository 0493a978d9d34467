package conn

import (
	"context"
	"errors"
	"time"
)

// Close closes a client within the timeout. closed is false when the client takes
// longer; the process may end all the same. The error is another one that the
// client had.
func Close(c interface{ CloseContext(context.Context) error }, timeout time.Duration) (closed bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	err = c.CloseContext(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return true, err
}
