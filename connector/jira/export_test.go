package jira

// JQLTime is jqlTime, for tests.
var JQLTime = jqlTime

// PageSize sets how many issues a page of a walk asks for.
func (c *Client) PageSize(n int) { c.pageSize = n }
