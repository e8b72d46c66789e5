package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"rowhouse/graph"
	"rowhouse/graph/limits"
	"rowhouse/graph/server"
)

// apiFlags are the flags of the API.
type apiFlags struct {
	Limits           limitFlags    `embed:"" prefix:"max-"`
	Documents        documentsFlag `placeholder:"DIR" help:"Folder of trusted documents: files like the persisted-documents.json that the client preset of GraphQL Code Generator writes. Clients call them by documentId or by their hash."`
	TrustedDocuments string        `default:"also" enum:"also,only" help:"With only, documents that are not in --documents are refused; with also, they run, too."`
	NullComparisons  string        `default:"refuse" enum:"refuse,absent" help:"A filter may compare with null, as name: {eq: null}. With refuse, this is an error, because the variable was probably not set; with absent, the comparison is ignored, for clients that send null for each unset variable."`
	Executor         string        `default:"plans" enum:"plans,gqlgen" help:"With plans, selections of described fields are read and written by plans; with gqlgen, all fields are executed by generated code, as those with code of the application always are. The responses are the same."`
	Introspection    bool          `default:"true" negatable:"" help:"Allow introspection, GET /schema.graphql, and suggestions in error messages (the default)."`
}

// apiOptions are the settings of the API's handler.
type apiOptions struct {
	server.Options
	// IgnoreNulls treats a comparison with null as absent.
	IgnoreNulls bool
}

// options returns the settings. It fails for flags with which every request would fail.
func (f apiFlags) options() (apiOptions, error) {
	if err := f.Limits.check(); err != nil {
		return apiOptions{}, err
	}
	trustedOnly := f.TrustedDocuments == "only"
	if trustedOnly && f.Documents.Len() == 0 {
		return apiOptions{}, errors.New("--trusted-documents=only needs --documents, the folder of the trusted documents")
	}
	return apiOptions{
		Options: server.Options{
			Limits:        f.Limits.limits(),
			Documents:     f.Documents.Documents,
			TrustedOnly:   trustedOnly,
			Introspection: f.Introspection,
			NoPlans:       f.Executor == "gqlgen",
		},
		IgnoreNulls: f.NullComparisons == "absent",
	}, nil
}

// documentsFlag is the folder of trusted documents.
type documentsFlag struct{ server.Documents }

// UnmarshalText loads the documents of a folder. An empty name means no documents.
func (d *documentsFlag) UnmarshalText(folder []byte) (err error) {
	if len(folder) == 0 {
		return nil
	}
	d.Documents, err = server.LoadDocuments(string(folder), graph.NewExecutableSchema(graph.Config{}).Schema())
	return err
}

// limitFlags are the limits with flags. The others keep the values of limits.DefaultLimits.
type limitFlags struct {
	Body          int64         `default:"1048576" help:"Largest body of a request, in bytes, before and after decompression."`
	Tokens        int           `default:"5000" help:"Most tokens of a document."`
	Depth         int           `default:"20" help:"Deepest nesting of fields in a document."`
	Cost          int           `default:"50000" help:"Most fields of a response, estimated from the requested page sizes."`
	Response      int64         `default:"8388608" help:"Largest data of a response, in bytes."`
	Time          time.Duration `default:"30s" help:"Longest time of an operation, and of each event of a subscription."`
	Sockets       int           `default:"1000" help:"Most open sockets of a tenant, per server."`
	Operations    int           `default:"500" help:"Most concurrent operations of a tenant, per server."`
	Subscriptions int           `default:"5000" help:"Most subscriptions of a tenant, per server. A subscription counts once for each KiB of its document and variables."`
	Buffered      int           `default:"65536" help:"Most KiB of responses that a tenant's clients have not read yet, per server."`
}

// check fails for a limit below 1, with which every request would fail.
func (f limitFlags) check() error {
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		if v.Field(i).Int() < 1 {
			least := "at least 1"
			if v.Type().Field(i).Type == reflect.TypeFor[time.Duration]() {
				least = "longer than 0, such as 30s"
			}
			return fmt.Errorf("--max-%s must be %s", strings.ToLower(v.Type().Field(i).Name), least)
		}
	}
	return nil
}

// limits returns the limits.
func (f limitFlags) limits() limits.Limits {
	l := limits.DefaultLimits()
	l.Body, l.Tokens, l.Depth, l.Cost, l.Response, l.Time = f.Body, f.Tokens, f.Depth, f.Cost, f.Response, f.Time
	l.Sockets, l.Operations, l.Subscriptions, l.Buffered = f.Sockets, f.Operations, f.Subscriptions, f.Buffered
	return l
}
