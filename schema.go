package main

import (
	"io"

	"rowhouse/graph"
	"rowhouse/graph/server"
)

// schema is the command that prints the API's schema.
type schema struct{}

// Run prints the response of GET /schema.graphql.
func (schema) Run(out stdout) error {
	_, err := io.WriteString(out, schemaSDL())
	return err
}

// schemaSDL returns the API's schema in GraphQL's schema definition language.
func schemaSDL() string {
	return server.SDL(graph.NewExecutableSchema(graph.Config{}).Schema())
}
