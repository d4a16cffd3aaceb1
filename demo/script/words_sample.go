package script

// Sample returns the words of the sample projects that the two simulated Jiras
// begin with.
func Sample() Words {
	return Words{
		Types:    []Word{{"Bug", "Bug"}, {"Task", "Task"}, {"Story", "Task"}},
		Statuses: []Word{{"To Do", "Open"}, {"In Progress", "In Progress"}, {"In Review", "Review"}, {"Done", "Closed"}},
		Priority: []Word{{"Highest", "Blocker"}, {"High", "High"}, {"Medium", "Medium"}, {"Low", "Low"}, {"Lowest", ""}},
		Severity: []Word{{"Critical", "Critical"}, {"Major", "Major"}, {"Minor", "Minor"}, {"Cosmetic", ""}, {"", "Blocker"}},
	}
}
