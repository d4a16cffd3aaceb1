package world

import "encoding/json"

// Metadata is what a client says of where its change comes from, as it was
// given: historyMetadata in the changelog.
type Metadata json.RawMessage

// UnmarshalJSON implements json.Unmarshaler. What Jira could not show again is
// no metadata.
func (m *Metadata) UnmarshalJSON(b []byte) error {
	type participant struct{ ID, DisplayName, DisplayNameKey, Type, AvatarURL, URL string }
	var is *struct {
		Type, Description, DescriptionKey, ActivityDescription, ActivityDescriptionKey, EmailDescription, EmailDescriptionKey string
		Actor, Generator, Cause                                                                                               *participant
		ExtraData                                                                                                             map[string]string
	}
	if err := json.Unmarshal(b, &is); err != nil {
		return err
	}
	if is != nil {
		*m = Metadata(append([]byte{}, b...))
	}
	return nil
}
