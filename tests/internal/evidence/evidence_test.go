package evidence_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

func TestSections_complete(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, s := range evidence.Sections() {
		for _, p := range s.Promises {
			assert.NotContains(t, ids, p.ID, "the id is taken")
			ids[p.ID] = true
			assert.Regexp(t, `^[a-z0-9-]+$`, p.ID)
			assert.NotEmpty(t, p.Fault, p.ID)
			assert.NotEmpty(t, p.Promise, p.ID)
			assert.Regexp(t, `^\./[a-z/]+$`, p.Package, p.ID)
			assert.Regexp(t, `^(Test|Fuzz)[A-Z]\w*$`, p.Test, p.ID)
			assert.NotContains(t, p.Fault+p.Promise, "|", p.ID)
		}
	}
}
