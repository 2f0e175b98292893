import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * A node of its own cluster, without X-Pack. Arguments: home folder (its `modules` are loaded), data folder, HTTP port,
 * transport port.
 */
final class ElasticsearchNode {
  private ElasticsearchNode() {}

  private static Node create(String[] arguments) {
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("path.data", arguments[1])
            .put("path.logs", arguments[1])
            .put("http.port", arguments[2])
            .put("transport.port", arguments[3])
            .put("cluster.name", "e2e")
            .put("node.name", "e2e")
            .put("network.host", "127.0.0.1")
            .put("discovery.type", "single-node")
            // A developer's disk is often nearly full, which would make every index read-only.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    Environment environment = new Environment(settings, Path.of(arguments[1], "config"));
    var modules = PluginsLoader.loadModulesBundles(environment.modulesDir(), false);
    return new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false));
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (IOException problem) {
      problem.printStackTrace();
    }
  }

  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureESLogging();
    Node node = create(arguments);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    Thread.currentThread().join();
  }
}
