package script

// Sample returns the words of the sample projects that the two simulated Jiras
// begin with, and of issues that others have recorded.
func Sample() Words {
	return Words{
		Types: []Word{{"Bug", "Bug"}, {"Task", "Task"}, {"Story", "Task"}, {"Subtask", "Task"}, {"Epic", "Task"},
			{"Task", "Improvement"}, {"Task", "New Feature"}, {"Task", "작업"}},
		Statuses: []Word{{"To Do", "Open"}, {"In Progress", "In Progress"}, {"In Review", "Review"}, {"Done", "Closed"},
			{"To Do", "To Do"}, {"To Do", "할 일"}},
		Priority: []Word{{"Highest", "Blocker"}, {"High", "High"}, {"Medium", "Medium"}, {"Low", "Low"}, {"Lowest", ""},
			{"High", "Major"}, {"Low", "Minor"}},
		Severity: []Word{{"Critical", "Critical"}, {"Major", "Major"}, {"Minor", "Minor"}, {"Cosmetic", ""}, {"", "Blocker"}},
	}
}
