package adf

// A rule says what a node or mark may be: docs/JIRA.md "Rich text".
//
// attrs lists its attributes as name=form, a required one as name!=form,
// alternatives apart by " / ". "-" is a node without any; "?" before them: they
// may be missing together, "!": they may not. The forms are in valid.go. Every
// node may have a localId.
//
// holds lists what its content may be, each with the marks that it may have
// there; "" is a node without content. If then is set, it is that for all but
// the first child. A node with fewer than least children,
// or more than most, is refused; most 0 is no limit. If may is set, the content
// may be missing.
type rule struct {
	attrs string
	holds string
	then  string
	may   bool
	least int
	most  int
}

const (
	inlineNodes = formatted + " " + inlineCode + " date emoji hardBreak inlineCard mention placeholder status" +
		" inlineExtension+dataConsumer+fragment mediaInline+dataConsumer+link+annotation+border"
	formatted  = "text+link+em+strong+strike+subsup+underline+textColor+annotation+backgroundColor"
	inlineCode = "text+code+link+annotation"
	aligned    = "paragraph+fontSize+alignment paragraph+fontSize+indentation heading+alignment heading+indentation"
	lists      = "bulletList orderedList"
	figure     = "mediaSingle+link"
	extensions = "extension+dataConsumer+fragment"
	leaves     = "blockCard embedCard rule mediaGroup decisionList taskList codeBlock " + figure + " " + extensions
	nestable   = "paragraph+fontSize heading panel blockquote table+fragment " + lists + " " + leaves
	cellNodes  = "paragraph+fontSize+alignment heading+alignment heading+indentation panel blockquote nestedExpand " + lists + " " + leaves
	columns    = aligned + " panel blockquote expand table+fragment bodiedExtension+dataConsumer+fragment " + lists + " " + leaves
	media      = "media+dataConsumer+link+annotation+border"
	layouts    = "wide|full-width|center|wrap-right|wrap-left|align-end|align-start"
	extAttrs   = "extensionKey!=text extensionType!=text parameters=any text=string localId=text"
	cells      = "colspan=number rowspan=number colwidth=numbers background=string valign=top|middle|bottom"
)

// markable are the nodes that may have a list of marks, be it empty.
const markable = "text paragraph heading codeBlock expand table extension inlineExtension bodiedExtension media" +
	" mediaInline mediaSingle layoutSection syncBlock bodiedSyncBlock"

var nodeRules = map[string]rule{
	"doc": {attrs: "-", holds: columns + " codeBlock+breakout expand+breakout layoutSection+breakout" +
		" syncBlock+breakout bodiedSyncBlock+breakout"},
	"paragraph":   {holds: inlineNodes, may: true},
	"heading":     {attrs: "level!=1..6", holds: inlineNodes, may: true},
	"codeBlock":   {attrs: "language=string uniqueId=string wrap=bool hideLineNumbers=bool", holds: "text", may: true},
	"bulletList":  {holds: "listItem", least: 1},
	"orderedList": {attrs: "order=0..", holds: "listItem", least: 1},
	"listItem":    {holds: "paragraph+fontSize codeBlock taskList " + lists + " " + figure + " " + extensions, least: 1},
	"blockquote":  {holds: "paragraph codeBlock mediaGroup " + lists + " " + figure + " " + extensions, least: 1},
	"panel": {attrs: "panelType!=info|note|tip|warning|error|success|custom panelIcon=string panelIconId=string" +
		" panelIconText=string panelColor=string",
		holds: "paragraph+fontSize heading blockCard mediaGroup codeBlock taskList rule decisionList " + lists + " " +
			figure + " " + extensions, least: 1},
	"rule": {},
	"table": {attrs: "displayMode=default|fixed isNumberColumnEnabled=bool localId=text width=number" +
		" layout=wide|full-width|center|align-end|align-start|default", holds: "tableRow", least: 1},
	"tableRow":    {holds: "tableCell tableHeader"},
	"tableCell":   {attrs: cells, holds: cellNodes, least: 1},
	"tableHeader": {attrs: cells, holds: cellNodes, least: 1},

	"text":        {attrs: "-"},
	"hardBreak":   {attrs: "text=newline"},
	"mention":     {attrs: "id!=string text=string accessLevel=string userType=DEFAULT|SPECIAL|APP"},
	"emoji":       {attrs: "shortName!=string id=string text=string"},
	"inlineCard":  {attrs: "url!=string / data!=any"},
	"date":        {attrs: "timestamp!=text"},
	"placeholder": {attrs: "text!=string"},
	"status":      {attrs: "text!=text color!=lozenge style=string"},
	"mediaInline": {attrs: "type=link|file|image id!=text alt=string collection!=string occurrenceKey=text width=number" +
		" height=number data=any"},
	"inlineExtension": {attrs: extAttrs},

	"mediaSingle": {attrs: "?width=0..100 layout!=" + layouts + " widthType=percentage / width!=0.. widthType!=pixel layout!=" +
		layouts, holds: media, then: "caption", least: 1, most: 2},
	"mediaGroup": {attrs: "-", holds: media, least: 1},
	"media": {attrs: "type!=link|file id!=text alt=string collection!=string height=number occurrenceKey=text width=number" +
		" / type!=external alt=string height=number width=number url!=string"},
	"caption": {holds: formatted + " " + inlineCode + " hardBreak mention emoji date placeholder inlineCard status", may: true},
	"blockCard": {attrs: "url=string datasource!=datasource width=number layout=" + layouts +
		" / url!=string / data!=any"},
	"embedCard":       {attrs: "url!=string layout!=" + layouts + " width=0..100 originalHeight=number originalWidth=number"},
	"extension":       {attrs: extAttrs + " layout=wide|full-width|default"},
	"bodiedExtension": {attrs: extAttrs + " layout=wide|full-width|default", holds: nestable, least: 1},
	"expand":          {attrs: "title=string", holds: nestable + " nestedExpand", least: 1},
	"nestedExpand": {attrs: "!title=string", holds: "paragraph+fontSize heading mediaGroup codeBlock taskList decisionList" +
		" rule panel blockquote " + lists + " " + figure + " " + extensions, least: 1},
	"layoutSection":   {holds: "layoutColumn", least: 2, most: 3},
	"layoutColumn":    {attrs: "width!=0..100 valign=top|middle|bottom", holds: columns, least: 1},
	"taskList":        {attrs: "localId!=string", holds: "taskItem taskList blockTaskItem", least: 1},
	"taskItem":        {attrs: "localId!=string state!=TODO|DONE", holds: inlineNodes, may: true},
	"blockTaskItem":   {attrs: "localId!=string state!=TODO|DONE", holds: "paragraph+fontSize " + extensions, least: 1},
	"decisionList":    {attrs: "localId!=string", holds: "decisionItem", least: 1},
	"decisionItem":    {attrs: "localId!=string state!=string", holds: inlineNodes, may: true},
	"syncBlock":       {attrs: "resourceId!=string localId!=string"},
	"bodiedSyncBlock": {attrs: "resourceId!=string localId!=string", holds: columns + " layoutSection+breakout", least: 1},
}

var markRules = map[string]rule{
	"strong":          {attrs: "-"},
	"em":              {attrs: "-"},
	"code":            {attrs: "-"},
	"strike":          {attrs: "-"},
	"underline":       {attrs: "-"},
	"link":            {attrs: "href!=string title=string id=string collection=string occurrenceKey=string"},
	"subsup":          {attrs: "type!=sub|sup"},
	"textColor":       {attrs: "color!=color"},
	"backgroundColor": {attrs: "color!=color"},
	"annotation":      {attrs: "id!=string annotationType!=inlineComment"},
	"alignment":       {attrs: "align!=center|end"},
	"indentation":     {attrs: "level!=1..6"},
	"fontSize":        {attrs: "fontSize!=small"},
	"border":          {attrs: "size!=1..3 color!=color8"},
	"breakout":        {attrs: "mode!=wide|full-width width=number"},
	"dataConsumer":    {attrs: "sources!=strings"},
	"fragment":        {attrs: "localId!=text name=string"},
}
