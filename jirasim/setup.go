package jirasim

import "slices"

// setupRoutes are the routes by which a site is set up, and what shows how it is.
func setupRoutes() []route {
	return slices.Concat(grantRoutes(), levelRoutes(), statusRoutes(), workflowRoutes(), flowSchemeRoutes(), screenRoutes(), accountRoutes(), schemeRoutes(), instanceRoutes(), avatarRoutes(), aspectRoutes(), fieldSetupRoutes())
}
