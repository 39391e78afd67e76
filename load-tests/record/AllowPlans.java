import com.thoughtworks.xstream.XStream;
import java.lang.reflect.Field;
import org.apache.jmeter.JMeter;
import org.apache.jmeter.save.SaveService;
import org.apache.jmeter.util.JMeterUtils;

/**
 * Starts JMeter 2.13 as Debian packages it. Debian's XStream, since 1.4.18, reads only classes that a program allows,
 * and this JMeter is from before there was anything to allow: it reads no test plan. What it does and writes is its own.
 */
final class AllowPlans {
    public static void main(String[] args) throws Exception {
        String home = System.getProperty("jmeter.home");
        JMeterUtils.setJMeterHome(home);
        JMeterUtils.loadJMeterProperties(home + "/bin/jmeter.properties");
        Field reader = SaveService.class.getDeclaredField("JMXSAVER");
        reader.setAccessible(true);
        ((XStream) reader.get(null)).allowTypesByWildcard(new String[] {"org.apache.jmeter.**", "org.apache.jorphan.**"});
        new JMeter().start(args);
    }
}
