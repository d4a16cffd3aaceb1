"""The story, told with PyPI atlassian-python-api in version 2."""

import os
import sys
import tempfile

from atlassian import Jira

url, flavour, project, login = sys.argv[1:5]
cloud = flavour == "cloud"
jira = Jira(url=url, username=login, password="example", cloud=cloud)

me = jira.myself()


def make(summary):
    return jira.issue_create(
        fields={"project": {"key": project}, "issuetype": {"name": "Bug"}, "summary": summary, "labels": ["lamp"]}
    )["key"]


first, second = make("The lamp is dark"), make("The switch is loose")
jira.update_issue_field(first, {"summary": "The lamp stays dark"})
assert jira.issue(first)["fields"]["summary"] == "The lamp stays dark"
jira.issue_add_comment(first, "Seen.")
assert [c["body"] for c in jira.issue_get_comments(first)["comments"]] == ["Seen."]
jira.create_issue_link({"type": {"name": "Blocks"}, "inwardIssue": {"key": first}, "outwardIssue": {"key": second}})
assert jira.issue(first)["fields"]["issuelinks"][0]["outwardIssue"]["key"] == second
jira.create_or_update_issue_remote_links(first, "https://example.com/1", "One", global_id="accord=1")
assert jira.get_issue_remote_links(first)[0]["globalId"] == "accord=1"
for name in ["In Progress", "In Review", "Done"] if cloud else ["In Progress", "Review", "Closed"]:
    jira.issue_transition(first, name)
assert jira.get_issue_status(first) == ("Done" if cloud else "Closed")
jira.issue_worklog(first, "2026-11-24T10:00:00.000+0000", 5400, "Bulb.")
assert jira.issue_get_worklog(first)["worklogs"][0]["timeSpentSeconds"] == 5400
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "lamp.txt")
    with open(path, "w") as f:
        f.write("a picture of it")
    jira.add_attachment(first, path)
assert jira.issue(first)["fields"]["attachment"][0]["filename"] == "lamp.txt"
jira.issue_add_watcher(first, me["accountId"] if cloud else me["name"])
jira.set_issue_status(second, "In Progress")
query = f'project = {project} AND status = "In Progress"'
found = jira.enhanced_jql(query)["issues"] if cloud else jira.jql(query)["issues"]
assert [i["key"] for i in found] == [second], found
jira.delete_issue(first)
assert not jira.issue_exists(first)
