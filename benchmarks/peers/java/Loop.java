import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A peer: the consumer of Kafka itself and JDBC, the statement of benchmarks/peers/table.py, offsets committed to Kafka
 * after the transaction. At least once. usage: java Loop BROKER TOPIC GROUP COUNT BATCH; the database's address on stdin
 */
public final class Loop {
  private static final String UPSERT =
      "INSERT INTO readmodel.peer_timeline (event_id, person, type, occurred_at, data, part, place)"
          + " SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::jsonb[], ?::int[], ?::bigint[])"
          + " ON CONFLICT (event_id) DO UPDATE SET person = excluded.person, type = excluded.type,"
          + " occurred_at = excluded.occurred_at, data = excluded.data, part = excluded.part, place = excluded.place";
  private static final int TEXTS = 5;

  public static void main(String[] arguments) throws Exception {
    long goal = Long.parseLong(arguments[3]);
    ObjectMapper json = new ObjectMapper();
    try (Connection connection = open(new BufferedReader(new InputStreamReader(System.in)).readLine().trim());
        PreparedStatement upsert = connection.prepareStatement(UPSERT);
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(settings(arguments), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(arguments[1]));
      long done = 0;
      long first = 0;
      long began = 0;
      while (done < goal) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
        if (records.isEmpty()) {
          continue;
        }
        write(connection, upsert, records, json);
        consumer.commitAsync();
        if (done == 0) {
          first = records.count();
          began = System.nanoTime();
        }
        done += records.count();
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(Locale.ROOT, "{\"per_second\": %.1f}%n", (done - first) / seconds);
    }
  }

  private static Properties settings(String[] arguments) {
    Properties given = new Properties();
    given.put("bootstrap.servers", arguments[0]);
    given.put("group.id", arguments[2]);
    given.put("max.poll.records", arguments[4]);
    given.put("auto.offset.reset", "earliest");
    given.put("enable.auto.commit", "false");
    return given;
  }

  private static Connection open(String address) throws Exception {
    URI found = URI.create(address);
    String[] who = found.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://" + found.getHost() + ":" + found.getPort() + found.getPath();
    Connection connection = DriverManager.getConnection(url, who[0], who[1]);
    connection.setAutoCommit(false);
    return connection;
  }

  private static void write(
      Connection connection, PreparedStatement upsert, ConsumerRecords<byte[], byte[]> records, ObjectMapper json)
      throws Exception {
    String[][] texts = new String[TEXTS][records.count()];
    Integer[] parts = new Integer[records.count()];
    Long[] places = new Long[records.count()];
    int at = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      JsonNode event = json.readTree(record.value());
      texts[0][at] = event.get("id").asText();
      texts[1][at] = event.get("person").asText();
      texts[2][at] = event.get("type").asText();
      texts[3][at] = event.get("time").asText();
      texts[4][at] = json.writeValueAsString(event.get("data"));
      parts[at] = record.partition();
      places[at] = record.offset();
      at++;
    }
    for (int column = 0; column < TEXTS; column++) {
      upsert.setArray(column + 1, connection.createArrayOf("text", texts[column]));
    }
    upsert.setArray(TEXTS + 1, connection.createArrayOf("int4", parts));
    upsert.setArray(TEXTS + 2, connection.createArrayOf("int8", places));
    upsert.executeUpdate();
    connection.commit();
  }

  private Loop() {}
}
