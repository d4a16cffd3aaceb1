package deploy_test

import "flag"

var update = flag.Bool("update", false, "write what is computed into template.yaml and docs/AWS.md")
