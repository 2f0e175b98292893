import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** A node of its own cluster, without the security plugin. Arguments: data folder, HTTP port, transport port. */
final class OpenSearchNode extends Node {
  private static final List<String> MODULES =
      List.of(
          "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
          "org.opensearch.index.mapper.MapperExtrasModulePlugin",
          "org.opensearch.index.reindex.ReindexModulePlugin",
          "org.opensearch.ingest.common.IngestCommonModulePlugin",
          "org.opensearch.painless.PainlessModulePlugin",
          "org.opensearch.transport.Netty4ModulePlugin");

  private OpenSearchNode(Settings settings) {
    super(new Environment(settings, null), MODULES.stream().map(OpenSearchNode::module).toList(), true);
  }

  /** The modules are on the class path, so only the class counts; the rest is what the form asks for. */
  private static PluginInfo module(String className) {
    return new PluginInfo(className, "", "", Version.CURRENT, "21", className, List.of(), false);
  }

  private void closeAndWait() {
    try {
      close();
      awaitClose(8, TimeUnit.SECONDS);
    } catch (Exception problem) {
      problem.printStackTrace();
    }
  }

  public static void main(String[] arguments) throws Exception {
    OpenSearchNode node =
        new OpenSearchNode(
            Settings.builder()
                .put("path.home", arguments[0])
                .put("http.port", arguments[1])
                .put("transport.port", arguments[2])
                .put("cluster.name", "e2e")
                .put("node.name", "e2e")
                .put("network.host", "127.0.0.1")
                .put("discovery.type", "single-node")
                // A developer's disk is often nearly full, which would make every index read-only.
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .build());
    Runtime.getRuntime().addShutdownHook(new Thread(node::closeAndWait));
    node.start();
    Thread.currentThread().join();
  }
}
