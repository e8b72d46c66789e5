// Command vtcombo runs Vitess in one process, for tests: one vtgate, and one tablet per
// shard. It differs from Vitess's own vtcombo in that each tablet has its own MySQL server,
// so that a test can kill one shard.
//
//	vtcombo --shard -80=/run/a/socket --shard 80-=/run/b/socket --vschema vschema.json [vtgate's and vttablet's flags]
//
// Each MySQL server must have the database vt_rowhouse_SHARD.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"vitess.io/vitess/go/acl"
	"vitess.io/vitess/go/stats"
	"vitess.io/vitess/go/vt/dbconfigs"
	"vitess.io/vitess/go/vt/logutil"
	"vitess.io/vitess/go/vt/mysqlctl"
	topodatapb "vitess.io/vitess/go/vt/proto/topodata"
	vttestpb "vitess.io/vitess/go/vt/proto/vttest"
	"vitess.io/vitess/go/vt/servenv"
	"vitess.io/vitess/go/vt/srvtopo"
	"vitess.io/vitess/go/vt/topo"
	"vitess.io/vitess/go/vt/topo/memorytopo"
	"vitess.io/vitess/go/vt/topotools"
	"vitess.io/vitess/go/vt/vtcombo"
	"vitess.io/vitess/go/vt/vtenv"
	"vitess.io/vitess/go/vt/vtgate"
	"vitess.io/vitess/go/vt/vtgate/planbuilder/plancontext"
	"vitess.io/vitess/go/vt/vtgate/vindexes"
	"vitess.io/vitess/go/vt/vttablet/tabletserver/tabletenv"

	_ "vitess.io/vitess/go/vt/vtctld" // for its flags
	_ "vitess.io/vitess/go/vt/vtgate/grpcvtgateconn"
	_ "vitess.io/vitess/go/vt/vtgate/grpcvtgateservice"
)

const (
	cell     = "test"
	keyspace = "rowhouse"
)

var (
	shards  []string // NAME=SOCKET
	vschema string
)

func main() {
	command := &cobra.Command{
		Use:  "vtcombo", // Vitess's flags are registered by this name
		Args: cobra.NoArgs, SilenceUsage: true,
		PreRunE: servenv.CobraPreRunE,
		RunE:    func(cmd *cobra.Command, _ []string) error { return serveVitess(cmd) },
	}
	servenv.RegisterDefaultFlags()
	servenv.RegisterFlags()
	servenv.RegisterGRPCServerFlags()
	servenv.RegisterGRPCServerAuthFlags()
	servenv.RegisterServiceMapFlag()
	dbconfigs.RegisterFlags(dbconfigs.All...)
	mysqlctl.RegisterFlags()
	servenv.MoveFlagsToCobraCommand(command)
	acl.RegisterFlags(command.Flags())
	command.Flags().StringArrayVar(&shards, "shard", nil,
		"A shard and the Unix socket of its MySQL server, as -40=/run/socket. Repeat for each shard.")
	command.Flags().StringVar(&vschema, "vschema", "", "The file with the keyspace's VSchema.")
	if err := command.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "vtcombo:", err)
		os.Exit(1)
	}
}

// serveVitess starts the tablets and vtgate, and returns after a signal.
func serveVitess(cmd *cobra.Command) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// vtgate calls the tablets within this process.
	for flag, value := range map[string]string{"tablet-manager-protocol": "internal", "tablet-protocol": "internal"} {
		if err := cmd.Flags().Set(flag, value); err != nil {
			return err
		}
	}
	env, err := vtenv.New(vtenv.Options{
		MySQLServerVersion: servenv.MySQLServerVersion(),
		TruncateUILen:      servenv.TruncateUILen,
		TruncateErrLen:     servenv.TruncateErrLen,
	})
	if err != nil {
		return err
	}
	ts := memorytopo.NewServer(ctx, cell)
	defer ts.Close()
	servenv.Init()
	tabletenv.Init()
	counts := stats.NewCountersWithSingleLabel("ResilientSrvTopoServer", "Resilient srvtopo server operations", "type")
	if err := startTablets(ctx, env, ts, counts); err != nil {
		return err
	}
	if err := saveVSchema(ctx, env, ts); err != nil {
		return err
	}
	// The tablets serve their status pages under the usual names.
	vtgate.QueryLogHandler = "/debug/vtgate/querylog"
	vtgate.QueryLogzHandler = "/debug/vtgate/querylogz"
	vtgate.QueryzHandler = "/debug/vtgate/queryz"
	vtgate.Init(ctx, env, nil, srvtopo.NewResilientServer(ctx, ts, counts), cell,
		[]topodatapb.TabletType{topodatapb.TabletType_PRIMARY}, plancontext.PlannerVersion(0))
	servenv.RunDefault()
	return nil
}

// startTablets creates the keyspace and starts the primary tablet of each shard.
func startTablets(ctx context.Context, env *vtenv.Environment, ts *topo.Server, counts *stats.CountersWithSingleLabel) error {
	// Without keyspaces, this registers the protocol of the tablets and starts none.
	topology := &vttestpb.VTTestTopology{Cells: []string{cell}}
	if _, err := vtcombo.InitTabletMap(env, ts, topology, nil, nil, "", false, counts); err != nil {
		return err
	}
	if err := ts.CreateKeyspace(ctx, keyspace, &topodatapb.Keyspace{}); err != nil {
		return err
	}
	for i, s := range shards {
		shard, socket, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("--shard %s: write NAME=SOCKET", s)
		}
		if err := ts.CreateShard(ctx, keyspace, shard); err != nil {
			return err
		}
		config := dbconfigs.GlobalDBConfigs.Clone()
		config.Socket = socket
		config.InitWithSocket("", env.CollationEnv())
		err := vtcombo.CreateTablet(ctx, env, ts, cell, uint32(i+1), keyspace, shard, "vt_"+keyspace+"_"+shard,
			topodatapb.TabletType_PRIMARY, &mysqld{mysqlctl.NewMysqld(config)}, config, counts)
		if err != nil {
			return fmt.Errorf("start the tablet of %s: %w", shard, err)
		}
	}
	return nil
}

// saveVSchema loads the VSchema from the file --vschema into the topology.
func saveVSchema(ctx context.Context, env *vtenv.Environment, ts *topo.Server) error {
	formal, err := vindexes.LoadFormalKeyspace(vschema)
	if err != nil {
		return fmt.Errorf("--vschema: %w", err)
	}
	if _, err := vindexes.BuildKeyspace(formal, env.Parser()); err != nil {
		return fmt.Errorf("--vschema %s: %w", vschema, err)
	}
	if err := ts.SaveVSchema(ctx, &topo.KeyspaceVSchemaInfo{Name: keyspace, Keyspace: formal}); err != nil {
		return err
	}
	if err := topotools.RebuildKeyspace(ctx, logutil.NewConsoleLogger(), ts, keyspace, []string{cell}, false); err != nil {
		return err
	}
	return ts.RebuildSrvVSchema(ctx, []string{cell})
}

// mysqld is a MySQL server without replicas.
type mysqld struct{ *mysqlctl.Mysqld }

// SetSemiSyncEnabled does nothing: the server has no plugin for semi-synchronous replication.
func (*mysqld) SetSemiSyncEnabled(context.Context, bool, bool) error { return nil }
