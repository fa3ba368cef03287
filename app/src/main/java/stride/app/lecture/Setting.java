package stride.app.lecture;

import stride.engine.Engine;

/**
 * What examples run with.
 *
 * @param engine the threads
 * @param seed what random numbers are drawn from
 */
public record Setting(Engine engine, long seed) {}
