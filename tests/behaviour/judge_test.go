package behaviour_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// observation is a line of what the programs print.
type observation struct {
	ID     string `json:"id"`
	Bullet string `json:"bullet"`
	Says   string `json:"says"`
	Want   string `json:"want"`
	Ours   string `json:"ours"`
	Row    int    `json:"row"`
	Got    string `json:"got"`
	Millis int64  `json:"ms"`
}

// maxRows is how many differences there may be.
const maxRows = 25

// readRows returns the numbered rows of the page of differences.
func readRows(file string) (map[int]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rows := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| (.+) \|$`).FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, err
		}
		if n != len(rows)+1 {
			return nil, fmt.Errorf("%s: row %d comes after row %d", file, n, len(rows))
		}
		rows[n] = m[2]
	}
	return rows, nil
}

// judge compares what was observed of both libraries with the table's expectations, and returns the table and what is
// wrong.
func judge(original, ours []observation, rows map[int]string) (table string, problems []string) {
	fail := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	oursByID := map[string]observation{}
	for _, o := range ours {
		oursByID[o.ID] = o
	}
	slices.SortStableFunc(original, func(a, b observation) int { return strings.Compare(a.ID, b.ID) })
	used := map[int]bool{}
	passed, differ := 0, 0
	var b strings.Builder
	fmt.Fprintf(&b, "%-42s %-9s %-14s %s\n", "fact", "original", "ours", "")
	for i, o := range original {
		if i > 0 && o.ID == original[i-1].ID {
			fail("%s: stands in the table twice", o.ID)
		}
		my, ok := oursByID[o.ID]
		if !ok {
			fail("%s: was not observed of ours", o.ID)
		}
		delete(oursByID, o.ID)
		theirs, mine := "pass", "pass"
		if o.Got != o.Want {
			theirs = "FAIL"
			fail("%s: %s\n\tof the original: %s\n\texpected:        %s", o.ID, o.Says, o.Got, o.Want)
		}
		want := o.Want
		if o.Row != 0 {
			want = o.Ours
			mine = fmt.Sprintf("difference %d", o.Row)
			used[o.Row] = true
			if rows[o.Row] == "" {
				fail("%s: there is no row %d in %s", o.ID, o.Row, differences)
			}
			if o.Ours == o.Want {
				fail("%s: row %d is no difference: both are expected to do the same", o.ID, o.Row)
			}
		}
		if ok && my.Got != want {
			mine = "FAIL"
			fail("%s: %s\n\tof ours:  %s\n\texpected: %s", o.ID, o.Says, my.Got, want)
		}
		if theirs == "pass" && ok && mine != "FAIL" {
			if passed++; o.Row != 0 {
				differ++
			}
		}
		fmt.Fprintf(&b, "%-42s %-9s %-14s %s\n", o.ID, theirs, mine, o.Says)
	}
	for id := range oursByID {
		fail("%s: was not observed of the original", id)
	}
	for n := range rows {
		if !used[n] {
			fail("row %d of %s: no fact shows it", n, differences)
		}
	}
	if len(rows) > maxRows {
		fail("%s has %d rows: at most %d", differences, len(rows), maxRows)
	}
	fmt.Fprintf(&b, "%d facts: %d as expected of both, of which %d differ, in %d rows\n", len(original), passed, differ, len(rows))
	return b.String(), problems
}

// missing says which notes have no fact, and where facts were lost.
func missing(all []observation) (problems []string) {
	facts, notes := map[string]int{}, map[string]bool{}
	for _, o := range all {
		section, _, _ := strings.Cut(o.ID, ".")
		facts[section]++
		notes[o.Bullet] = true
		if !strings.HasPrefix(o.Bullet, section+" ") {
			problems = append(problems, fmt.Sprintf("%s: belongs to the note %q of another section", o.ID, o.Bullet))
		}
	}
	for section, want := range sections {
		for n := range want.notes {
			if note := fmt.Sprintf("%s %d", section, n+1); !notes[note] {
				problems = append(problems, fmt.Sprintf("%s: no fact", note))
			}
			delete(notes, fmt.Sprintf("%s %d", section, n+1))
		}
		if facts[section] != want.facts {
			problems = append(problems, fmt.Sprintf("%s: %d facts, not %d", section, facts[section], want.facts))
		}
	}
	for note := range notes {
		problems = append(problems, fmt.Sprintf("%s: there is no such note", note))
	}
	return problems
}

// Each way in which the table can be wrong is seen.
func TestJudge(t *testing.T) {
	t.Parallel()
	fact := func(got string) observation { return observation{ID: "a.b", Want: "1", Got: got} }
	differing := func(got string) observation { return observation{ID: "a.b", Want: "1", Ours: "2", Row: 1, Got: got} }
	row := map[int]string{1: "x"}
	for _, c := range []struct {
		name           string
		original, ours []observation
		rows           map[int]string
		want           string // part of the one problem; "" if there is none
	}{
		{"both as expected", []observation{fact("1")}, []observation{fact("1")}, nil, ""},
		{"difference as expected", []observation{differing("1")}, []observation{differing("2")}, row, ""},
		{"original fails", []observation{fact("0")}, []observation{fact("1")}, nil, "of the original: 0"},
		{"ours fails", []observation{fact("1")}, []observation{fact("0")}, nil, "of ours:  0"},
		{"ours does not differ", []observation{differing("1")}, []observation{differing("1")}, row, "of ours:  1"},
		{"not of ours", []observation{fact("1")}, nil, nil, "not observed of ours"},
		{"not of the original", nil, []observation{fact("1")}, nil, "not observed of the original"},
		{"twice", []observation{fact("1"), fact("1")}, []observation{fact("1"), fact("1")}, nil, "twice"},
		{"row without a fact", []observation{fact("1")}, []observation{fact("1")}, row, "no fact shows it"},
		{"fact without its row", []observation{differing("1")}, []observation{differing("2")}, nil, "there is no row 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table, problems := judge(c.original, c.ours, c.rows)
			assert.NotEmpty(t, table)
			if c.want == "" {
				assert.Empty(t, problems)
				return
			}
			require.NotEmpty(t, problems)
			assert.Contains(t, strings.Join(problems, "\n"), c.want)
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	problems := strings.Join(missing([]observation{{ID: "config.a", Bullet: "config 1"}, {ID: "config.b", Bullet: "producer 99"}}), "\n")
	for _, want := range []string{
		"config 2: no fact", "config: 2 facts, not", `config.b: belongs to the note "producer 99"`, "producer 99: there is no such note",
	} {
		assert.Contains(t, problems, want)
	}
	assert.NotContains(t, problems, "config 1: no fact")
}
