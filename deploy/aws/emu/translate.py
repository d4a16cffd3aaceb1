"""Prints what the SAM translator makes of the template that is given, as JSON. One that needs no translation is
printed as it is, with its short functions written out.

Code and definitions are taken from a bucket "code" that need not exist, as `sam package` would leave them.
"""

import json
import posixpath
import sys

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoPolicies(ManagedPolicyLoader):
    """Fails if the template asks for a managed policy: every role says itself what it grants."""

    def __init__(self):
        super().__init__(None)

    def load(self):
        raise ValueError("the template asks for a managed policy")


def main(path):
    with open(path, encoding="utf-8") as f:
        template = yaml_parse(f)
    if "Transform" not in template:
        print(json.dumps(template))
        return
    packaged = {"CodeUri": "s3://code/", "DefinitionUri": "s3://code/", "Location": "https://s3.amazonaws.com/code/"}
    for resource in template["Resources"].values():
        for name, place in packaged.items():
            if name in resource.get("Properties", {}) and resource["Type"].startswith("AWS::Serverless::"):
                resource["Properties"][name] = place + posixpath.basename(resource["Properties"][name])
    values = {n: p["Default"] for n, p in template["Parameters"].items() if "Default" in p}
    print(json.dumps(transform(template, values, NoPolicies()), indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
