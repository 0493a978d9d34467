package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writer replaces files. Tests give it another rename.
type writer struct {
	rename func(from, to string) error
}

var osWriter = writer{os.Rename}

// write makes all the changes or none. Each file is written in full beside the one
// that it replaces; what was replaced is put back when a later one fails.
func (w writer) write(changes []change) (err error) {
	staged := make([]string, 0, len(changes))
	defer func() {
		for _, name := range staged {
			os.Remove(name) // those that were renamed are no longer there
		}
	}()
	for _, ch := range changes {
		if err := unchanged(ch); err != nil {
			return err
		}
		name, err := stage(ch, ch.new)
		if err != nil {
			return fmt.Errorf("%w; nothing was written", err)
		}
		staged = append(staged, name)
	}
	for i, ch := range changes {
		if err := w.rename(staged[i], ch.name); err != nil {
			return w.restore(changes[:i], err)
		}
	}
	return nil
}

// unchanged returns an error if the file is no longer what the plan was made from.
func unchanged(ch change) error {
	now, err := os.ReadFile(ch.name)
	if err == nil && !bytes.Equal(now, ch.old) {
		err = fmt.Errorf("%s was changed meanwhile: run the command again", ch.name)
	}
	if err != nil {
		return fmt.Errorf("%w; nothing was written", err)
	}
	return nil
}

// stage writes the content to a new file beside that of the change.
func stage(ch change, content []byte) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(ch.name), ".rdk-migrate-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(ch.mode.Perm()), f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// restore puts the old content back, and returns cause with what came of that.
func (w writer) restore(changes []change, cause error) error {
	failed := false
	for _, ch := range changes {
		name, err := stage(ch, ch.old)
		if err == nil {
			err = w.rename(name, ch.name)
		}
		if err != nil {
			os.Remove(name)
			cause = fmt.Errorf("%w; %s could not be put back: %w", cause, ch.name, err)
			failed = true
		}
	}
	if failed {
		return cause
	}
	return fmt.Errorf("%w; all files are as they were", cause)
}
