# A handful of short names. Nothing here is needed to build or to test:
# go run ./cmd/accord demo, go test ./...

.PHONY: build test check demo golden lambda lambda-local starts emu
build: ## bin/accord and bin/jirasim, static
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/accord ./cmd/jirasim

test:
	go test ./...

check: ## all that must hold of a change
	.ci/run

demo: ## two simulated Jiras and a sync between them
	go run ./cmd/accord demo

golden: ## write the golden files anew; look at the difference before you commit it
	go test ./config ./plan ./durable/sqlite ./cmd/accord -update

FUNCTIONS = hear turn sweep backfill upkeep alert web after logs answer
lambda: ## dist/lambda/FUNCTION.zip, as Lambda takes them; prints the sizes
	go run ./cmd/lambda/pack -o dist/lambda $(FUNCTIONS)

lambda-local: ## dist/local/FUNCTION, for accord serve --as-lambda --functions dist/local
	CGO_ENABLED=0 go build -tags local,lambda.norpc -o dist/local/ $(addprefix ./cmd/lambda/,hear turn sweep backfill upkeep)

starts: ## how long the functions take to start, beside the public hello world
	go run ./cmd/lambda/bench

tune: ## what each function costs under several MemorySizes, measured on this machine; FUNCTIONS=turn for one
	go test -count=1 -tags tune -run TestTune -v ./cmd/lambda $(if $(filter command line,$(origin FUNCTIONS)),-functions $(FUNCTIONS))

emu: ## the tests against emulators, which it fetches; needs npm, a JDK, mvn and python3
	.ci/run emulators
