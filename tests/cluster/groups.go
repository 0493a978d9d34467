package cluster

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// GroupOffset is how far a consumer group has come in one partition.
type GroupOffset struct {
	Topic     string
	Partition int32
	Committed int64  // -1 when nothing was committed
	End       int64  // the offset after the partition's last record; transaction markers count
	Lag       int64  // -1 when nothing was committed
	Member    string // the id of the member that has the partition, "" when none has
}

// GroupOffsets returns what Kafka says of the group's offsets, one entry for each partition.
func (c *Cluster) GroupOffsets(ctx context.Context, group string) ([]GroupOffset, error) {
	rows, err := c.describeGroup(ctx, group, "--offsets")
	if err != nil {
		return nil, err
	}
	all := make([]GroupOffset, 0, len(rows))
	for _, r := range rows {
		partition, err := strconv.ParseInt(r["PARTITION"], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("group %q: cannot read the partition in %v: %w", group, r, err)
		}
		o := GroupOffset{Topic: r["TOPIC"], Partition: int32(partition)}
		if r["CONSUMER-ID"] != "-" {
			o.Member = r["CONSUMER-ID"]
		}
		for name, to := range map[string]*int64{"CURRENT-OFFSET": &o.Committed, "LOG-END-OFFSET": &o.End, "LAG": &o.Lag} {
			if r[name] == "-" {
				*to = -1
			} else if *to, err = strconv.ParseInt(r[name], 10, 64); err != nil {
				return nil, fmt.Errorf("group %q: cannot read %s in %v: %w", group, name, r, err)
			}
		}
		all = append(all, o)
	}
	return all, nil
}

// GroupMembers returns the ids of the group's members, none for a group that is empty or unknown.
func (c *Cluster) GroupMembers(ctx context.Context, group string) ([]string, error) {
	rows, err := c.describeGroup(ctx, group, "--members")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r["CONSUMER-ID"])
	}
	return ids, nil
}

// describeGroup returns the rows of one of the tool's tables, as maps from the heading to the value.
// A group that does not exist has none.
func (c *Cluster) describeGroup(ctx context.Context, group, table string) ([]map[string]string, error) {
	out, err := c.Tool(ctx, ConsumerGroupCommand, "--describe", "--group", group, table)
	if err != nil {
		if strings.Contains(err.Error(), "GroupIdNotFoundException") {
			return nil, nil
		}
		return nil, err
	}
	var headings []string
	var rows []map[string]string
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case f[0] == "GROUP":
			headings = f
		case f[0] == group && headings != nil:
			if len(f) < len(headings) {
				return nil, fmt.Errorf("group %q: %q has fewer columns than %v", group, line, headings)
			}
			row := map[string]string{}
			for i, h := range headings {
				row[h] = f[i]
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
