package example;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import stride.kernel.Kernels;
import stride.network.Model;

/** A web service that says what pictures show. */
@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  /** The model, read once; it is safe to share between threads. */
  @Bean
  Model model(@Value("${stride.model}") Path file) throws IOException {
    var model = Model.load(file);
    LoggerFactory.getLogger(Application.class)
        .info("{} on {} kernels", model, Kernels.best().name());
    return model;
  }
}
