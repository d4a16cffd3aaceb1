package adf_test

// handWritten are documents with what people use most.
var handWritten = []string{
	`{"type":"doc","version":1,"content":[{"type":"heading","attrs":{"level":2},"content":[{"type":"text","text":"Steps"}]},
		{"type":"orderedList","attrs":{"order":1},"content":[{"type":"listItem","content":[{"type":"paragraph","content":[
			{"type":"text","text":"open "},{"type":"text","text":"app","marks":[{"type":"code"}]}]}]}]},
		{"type":"blockquote","content":[{"type":"paragraph","content":[{"type":"text","text":"It fails"},{"type":"hardBreak"},
			{"type":"text","text":"red","marks":[{"type":"textColor","attrs":{"color":"#FF0000"}},{"type":"em"}]}]}]},
		{"type":"codeBlock","attrs":{"language":"go"},"content":[{"type":"text","text":"x"}]},{"type":"rule"},
		{"type":"paragraph","content":[{"type":"mention","attrs":{"id":"5b10","text":"@Jo","accessLevel":""}},
			{"type":"text","text":"t","marks":[{"type":"link","attrs":{"href":"https://example.com","title":"T"}}]},
			{"type":"emoji","attrs":{"shortName":":ok:","text":"✅"}},{"type":"inlineCard","attrs":{"url":"https://example.com"}}]}]}`,
	`{"type":"doc","version":1,"content":[{"type":"table","attrs":{"isNumberColumnEnabled":false,"layout":"default"},"content":[
		{"type":"tableRow","content":[{"type":"tableHeader","attrs":{},"content":[{"type":"paragraph"}]},
			{"type":"tableCell","attrs":{"colspan":2,"rowspan":1,"background":"#deebff"},"content":[{"type":"panel","attrs":{"panelType":"note"},
				"content":[{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph"}]}]}]}]}]}]},
		{"type":"taskList","attrs":{"localId":"l"},"content":[{"type":"taskItem","attrs":{"localId":"1","state":"TODO"}}]},
		{"type":"mediaSingle","attrs":{"layout":"center"},"content":[{"type":"media","attrs":{"type":"external","url":"https://example.com/a.png"}}]},
		{"type":"layoutSection","content":[{"type":"layoutColumn","attrs":{"width":50},"content":[{"type":"paragraph"}]},
			{"type":"layoutColumn","attrs":{"width":50},"content":[{"type":"rule"}]}]}]}`,
}
