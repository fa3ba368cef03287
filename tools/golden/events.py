"""Writes the events that TensorBoardLogTest expects, with TensorBoard's own classes; or reads some.

    events.py OUTPUT       two epochs, the first without a test
    events.py --read DIR   what TensorBoard sees in a folder, a line a scalar

Needs tensorboard (pip install tensorboard).
"""

import struct
import sys


def write(path):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    def event(time, step, scalars):
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars]
        return Event(wall_time=time, step=step, summary=Summary(value=values))

    with open(path, "wb") as file:
        out = RecordWriter(file)
        out.write(Event(wall_time=1000.5, file_version="brain.Event:2").SerializeToString())
        out.write(event(1000.5, 1, [
            ("loss/training", 2.25), ("accuracy/training", 0.1),
            ("learning_rate", 0.05), ("images_per_second", 50),
        ]).SerializeToString())
        out.write(event(1000.5, 300, [
            ("loss/training", 1.75), ("accuracy/training", 0.5),
            ("loss/test", 1.5), ("accuracy/test", 0.625),
            ("learning_rate", 0.0125), ("images_per_second", 100),
        ]).SerializeToString())
        out.flush()


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(folder).Reload()
    for tag in events.Tags()["scalars"]:
        for scalar in events.Scalars(tag):
            print(tag, scalar.step, scalar.value)


if sys.argv[1] == "--read":
    read(sys.argv[2])
else:
    write(sys.argv[1])
