"""The story, told with PyPI jira in version 2; on Cloud a search is version 3."""

import io
import sys

from jira import JIRA, JIRAError

url, flavour, project, login = sys.argv[1:5]
cloud = flavour == "cloud"
jira = JIRA(url, basic_auth=(login, "example"), max_retries=0)

assert jira.deploymentType == ("Cloud" if cloud else "Server"), jira.deploymentType
me = jira.myself()
assert [p.key for p in jira.projects()] == [project]


def make(summary):
    return jira.create_issue(
        project=project, issuetype={"name": "Bug"}, summary=summary, description="It is *dark*.", labels=["lamp"]
    )


first, second = make("The lamp is dark"), make("The switch is loose")
first.update(summary="The lamp stays dark")
first.add_field_value("labels", "switch")
first = jira.issue(first.key, expand="changelog,names")
assert first.fields.summary == "The lamp stays dark"
assert first.fields.labels == ["lamp", "switch"], first.fields.labels
assert len(first.changelog.histories) == 2

remark = jira.add_comment(first, "Seen.")
remark.update(body="Seen twice.")
assert [c.body for c in jira.comments(first)] == ["Seen twice."]

assert jira.issue_link_types()
jira.create_issue_link("Blocks", inwardIssue=first.key, outwardIssue=second.key)
link = jira.issue(first.key).fields.issuelinks[0]
assert link.outwardIssue.key == second.key
jira.delete_issue_link(link.id)
jira.add_simple_link(first, {"url": "https://example.com/1", "title": "One"})
assert jira.remote_links(first)[0].object.title == "One"

for way in ["11", "21", "31"] if cloud else ["4", "711", "2"]:
    assert way in [t["id"] for t in jira.transitions(first)]
    jira.transition_issue(first, way)
assert jira.issue(first.key).fields.status.statusCategory.key == "done"

jira.add_worklog(first, timeSpent="1h 30m", comment="Bulb.")
log = jira.worklogs(first)[0]
assert log.timeSpentSeconds == 5400
log.update(timeSpent="2h")
log.delete()

attached = jira.add_attachment(first, io.BytesIO(b"a picture of it"), filename="lamp.txt")
assert attached.size == 15
assert jira.attachment(attached.id).get() == b"a picture of it"
attached.delete()

jira.add_watcher(first, me["displayName"] if cloud else me["name"])
assert jira.watchers(first).watchCount == 1
version = jira.create_version("1.0", project)
assert [v.name for v in jira.project_versions(project)] == ["1.0"]
part = jira.create_component("Light", project)
first.update(fields={"fixVersions": [{"id": version.id}], "components": [{"name": part.name}]})
assert [v.name for v in jira.issue(first.key).fields.fixVersions] == ["1.0"]

found = jira.search_issues(f"project = {project} AND labels = switch", fields="summary")
assert [i.key for i in found] == [first.key], found
first.delete()
try:
    jira.issue(first.key)
    raise AssertionError("the deleted issue is there")
except JIRAError as e:
    assert e.status_code == 404, e
