# SPDX-License-Identifier: LGPL-2.1-or-later
"""What makes the Amsel namespace pleasant and safe from Python.

Three things that introspection alone cannot do:

Values. Numbers are decimal.Decimal with the digits that the meter sent, dates are datetime objects, text is str,
bytes are bytes; telegrams and readouts are iterable.

Lifetime. What C lends from inside a telegram or a readout is copied or referenced here, so that it may be kept.

Guards. A function of a plugin is called from C, where only a GLib.Error is an error: any other exception would
be printed and lost, a result of a wrong type would be taken for nothing, and SystemExit would end the
program. So every function of a stage (do_*) of a Python class is wrapped: exceptions and wrong results become a
GLib.Error of the domain "plugin"; where C expects no error, they are printed to standard error.
"""

import datetime
import decimal
import functools
import importlib.util
import os
import sys
import traceback

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import GLib, GObject

Amsel = get_introspection_module("Amsel")

__all__ = []

# --- errors -----------------------------------------------------------------------------------------------

_QUARKS = {
    "ConfigError": Amsel.config_error_quark,
    "PluginError": Amsel.plugin_error_quark,
    "TransportError": Amsel.transport_error_quark,
    "ReadError": Amsel.read_error_quark,
    "StoreError": Amsel.store_error_quark,
    "ExportError": Amsel.export_error_quark,
}


def error(code, message):
    """A GLib.Error to raise: error(Amsel.TransportError.OPEN, "no such port")."""
    return GLib.Error.new_literal(_QUARKS[type(code).__name__](), str(message), int(code))


def _describe(exception, where):
    """One line for an exception: its place in the plugin's file, its type, its text."""
    frames = traceback.extract_tb(exception.__traceback__)
    outside = [f for f in frames if f.filename != __file__ and not f.filename.startswith("<")]
    place = f" ({os.path.basename(outside[-1].filename)}:{outside[-1].lineno})" if outside else ""
    if isinstance(exception, _WrongResult):
        return f"{where}{place} {exception}"
    text = str(exception)
    return f"{where}{place}: {type(exception).__name__}{': ' if text else ''}{text}"


class _WrongResult(Exception):
    pass


def _print_exception():
    kind, value, trace = sys.exc_info()
    print("".join(traceback.format_exception(kind, value, trace)), end="", file=sys.stderr)


# --- what the functions of a stage return ------------------------------------------------------------------


def _wrong(result, expected):
    if result is None:
        return _WrongResult(f"returned nothing; expected {expected}")
    return _WrongResult(f"returned {type(result).__name__}; expected {expected}")


def _is_instance(expected):
    def convert(result, args):
        cls = getattr(Amsel, expected)
        if not isinstance(result, cls):
            raise _wrong(result, f"an Amsel.{expected}")
        return result

    return convert


def _to_frame(result, args):
    if isinstance(result, (bytes, bytearray)):
        return Amsel.Frame.new(bytes(result), 0, Amsel.RSSI_UNKNOWN)
    return _is_instance("Frame")(result, args)


def _to_success(result, args):
    """No result is success: failure is an exception."""
    if result is None or result is True:
        return True
    if result is False:
        raise _WrongResult("returned False; raise an exception that says what is wrong")
    raise _wrong(result, "True, or an exception")


def _to_bool(result, args):
    if not isinstance(result, bool):
        raise _wrong(result, "True or False")
    return result


def _to_int64(result, args):
    if isinstance(result, bool) or not isinstance(result, int) or not -(2**63) <= result < 2**63:
        raise _wrong(result, "a whole number of microseconds")
    return result


def _to_type(result, args):
    gtype = getattr(result, "__gtype__", result)
    if not isinstance(gtype, GObject.GType) or gtype == GObject.TYPE_INVALID:
        raise _wrong(result, "a class")
    return gtype


def _to_nothing(result, args):
    return None


def _to_found(result, args):
    """Status, used, frame; or the status alone where nothing is used; or the frame alone."""
    data = args[0]
    if isinstance(result, Amsel.Frame):
        result = (Amsel.FrameStatus.COMPLETE, len(result), result)
    elif isinstance(result, Amsel.FrameStatus):
        result = (result, 0, None)
    if not isinstance(result, tuple) or len(result) != 3 or not isinstance(result[0], Amsel.FrameStatus):
        raise _wrong(result, "an Amsel.FrameStatus, the number of used bytes, and a frame or None")
    status, used, frame = result
    if isinstance(used, bool) or not isinstance(used, int) or not 0 <= used <= len(data):
        raise _WrongResult(f"used {used!r} of {len(data)} bytes")
    if isinstance(frame, (bytes, bytearray)):
        frame = Amsel.Frame.new(bytes(frame), args[1], Amsel.RSSI_UNKNOWN)
    if frame is not None and not isinstance(frame, Amsel.Frame):
        raise _wrong(frame, "an Amsel.Frame as the third")
    return status, used, frame


def _to_exported(result, args):
    """The state to commit: None or text; or (True, state)."""
    if isinstance(result, tuple) and len(result) == 2:
        _to_success(result[0], args)
        result = result[1]
    elif result is True:
        result = None
    if result is not None and not isinstance(result, str):
        raise _wrong(result, "the state to keep: text or None")
    return True, result


def _to_state(result, args):
    if result is not None and not isinstance(result, str):
        raise _wrong(result, "the state as text, or None")
    return result


def _to_words(result, args):
    if result is not None and not isinstance(result, str):
        raise _wrong(result, "a line of text, or None")
    return result


def _to_size(result, args):
    if isinstance(result, bool) or not isinstance(result, int) or not 0 <= result < 2**32:
        raise _wrong(result, "a number of bytes")
    return result


# --- what the functions of a stage are given ---------------------------------------------------------------


def _bytes_first(n_others):
    """Bytes and their number, as C has them, are one thing in Python."""

    def prepare(args):
        return (bytes(args[0]), *(args[2:] if len(args) == n_others + 2 else args[1:]))

    return prepare


def _keep_readouts(args):
    """The list lends its readouts; an exporter may keep them."""
    return ([readout.ref() for readout in args[0]], *args[1:])


def _as_given(args):
    return args


class _Function:
    """How a function of a stage is called from C."""

    def __init__(self, convert, default=None, fails=True, prepare=_as_given):
        self.convert = convert
        self.default = default
        self.fails = fails
        self.prepare = prepare


_FUNCTIONS = {
    "Protocol": {
        "do_find_frame": _Function(_to_found, prepare=_bytes_first(1)),
        "do_adopt": _Function(_to_frame, prepare=_bytes_first(0)),
        "do_adopt_line": _Function(_is_instance("Frame")),
        "do_decode": _Function(_is_instance("Telegram")),
        "do_read": _Function(_is_instance("Dialogue")),
        "do_search": _Function(_is_instance("Search")),
        "do_get_meter_type": _Function(_to_type, Amsel.Meter.__gtype__, fails=False),
        "do_check": _Function(_to_success),
        "do_check_meter": _Function(_to_success),
        "do_listen": _Function(_is_instance("Protocol")),
        "do_save": _Function(_to_success),
        "do_matches": _Function(_to_bool, False, fails=False),
        "do_describe": _Function(_to_words, fails=False),
    },
    "Dialogue": {"do_next": _Function(_is_instance("Request"))},
    "Search": {
        "do_step": _Function(_is_instance("Request")),
        "do_save": _Function(_to_state, fails=False),
        "do_restore": _Function(_to_success),
    },
    "Transport": {
        "do_open": _Function(_to_success),
        "do_open_async": _Function(_to_nothing, fails=False),
        "do_open_finish": _Function(_to_success),
        "do_close": _Function(_to_nothing, fails=False),
        "do_send": _Function(_to_success),
        "do_configure": _Function(_to_success),
        "do_get_latency_us": _Function(_to_int64, 0, fails=False),
        "do_get_unsent": _Function(_to_size, 0, fails=False),
        "do_start": _Function(_to_nothing, fails=False),
        "do_set_paused": _Function(_to_nothing, fails=False),
    },
    "Exporter": {
        "do_check": _Function(_to_success),
        "do_start": _Function(_to_success),
        "do_export": _Function(_to_exported, prepare=_keep_readouts),
        "do_committed": _Function(_to_success),
        "do_get_deadline_us": _Function(_to_int64, 0, fails=False),
        "do_stop": _Function(_to_nothing, fails=False),
    },
    "Service": {
        "do_start": _Function(_to_success),
        "do_stop": _Function(_to_nothing, fails=False),
    },
    "Simulator": {
        "do_get_device_type": _Function(_to_type, GObject.Object.__gtype__, fails=False),
        "do_add_device": _Function(_to_success),
        "do_receive": _Function(_to_nothing, fails=False),
        "do_configure": _Function(_to_nothing, fails=False),
    },
    "Meter": {},
}


def _guard(cls, name, function, how):
    where = f"{cls.__name__}.{name}"

    @functools.wraps(function)
    def call(self, *args):
        try:
            prepared = how.prepare(args)
            return how.convert(function(self, *prepared), prepared)
        except GLib.Error:
            if how.fails:
                raise
            _print_exception()
        except BaseException as e:  # SystemExit too: it would end the program
            if how.fails:
                code = Amsel.PluginError.CONTRACT if isinstance(e, _WrongResult) else Amsel.PluginError.FAILED
                raise error(code, _describe(e, where)) from e
            _print_exception()
        return how.default

    call._amsel_guarded = True
    return call


def _no_exit(function):
    """For functions whose exceptions PyGObject prints: printing SystemExit ends the program."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (SystemExit, KeyboardInterrupt, GeneratorExit) as e:
            raise RuntimeError(f"{type(e).__name__}: {e}") from None

    call._amsel_guarded = True
    return call


def _guard_class(cls, functions):
    for name, value in list(vars(cls).items()):
        if getattr(value, "_amsel_guarded", False):
            continue
        if name in functions and callable(value):
            setattr(cls, name, _guard(cls, name, value, functions[name]))
        elif name in ("__init__", "do_get_property", "do_set_property", "do_constructed", "do_dispose"):
            setattr(cls, name, _no_exit(value))
        elif isinstance(value, GObject.Property):
            value.fget = value.fget and _no_exit(value.fget)
            value.fset = value.fset and _no_exit(value.fset)


def _override_stage(name):
    base = getattr(Amsel, name)

    def __init_subclass__(cls, **kwargs):
        _guard_class(cls, _FUNCTIONS[name])
        super(stage, cls).__init_subclass__(**kwargs)

    stage = type(base)(name, (base,), {"__init_subclass__": classmethod(__init_subclass__), "__module__": __name__})
    globals()[name] = override(stage)
    __all__.append(name)


for _stage in _FUNCTIONS:
    _override_stage(_stage)


# --- values -------------------------------------------------------------------------------------------------


class Decimal(Amsel.Decimal):
    """An exact number. str() has all digits; to_python() is a decimal.Decimal."""

    def to_python(self):
        return decimal.Decimal(self.to_string())

    def __str__(self):
        return self.to_string()

    def __repr__(self):
        return f"Amsel.Decimal({self.to_string()})"

    def __float__(self):
        return self.to_double()

    def __eq__(self, other):
        return isinstance(other, Amsel.Decimal) and self.compare(other) == 0

    def __hash__(self):
        return hash(self.to_python())


def _to_decimal(number):
    """An Amsel.Decimal of a decimal.Decimal or an int: 128 bits and a power of ten."""
    sign, digits, exponent = decimal.Decimal(number).as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{number} is not a number")
    mantissa = int("".join(map(str, digits))) * (-1 if sign else 1)
    if not -(2**127) <= mantissa < 2**127 or not -(2**15) <= exponent < 2**15:
        raise ValueError(f"{number} has too many digits")
    result = Amsel.Decimal.new(0, exponent)
    result.low = mantissa & (2**64 - 1)
    result.high = mantissa >> 64
    return result


def _to_python(kind, text):
    """A value from its exact text."""
    if kind == Amsel.ValueKind.NONE or text is None:
        return None
    if kind in (Amsel.ValueKind.DECIMAL, Amsel.ValueKind.REAL):
        return decimal.Decimal(text)
    if kind == Amsel.ValueKind.BYTES:
        return bytes.fromhex(text)
    if kind == Amsel.ValueKind.DATE:
        try:
            if "T" in text:
                return datetime.datetime.fromisoformat(text)
            return (datetime.date if "-" in text else datetime.time).fromisoformat(text)
        except ValueError:  # what Python's calendar does not know stays as it was sent
            return text
    return text


def _to_moment(us):
    """Wall-clock microseconds as a datetime in UTC; None for 0, not known."""
    return datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(microseconds=us) if us else None


class Identity(Amsel.Identity):
    """Who sent a telegram."""

    id_text = property(lambda self: self.get_id_text())
    manufacturer_text = property(lambda self: self.get_manufacturer_text())
    medium_name = property(lambda self: self.get_medium_name())

    def __repr__(self):
        return f"<Amsel.Identity {self.id_text}.{self.manufacturer_text}.{self.version:02X}.{self.medium:02X}>"


class Frame(Amsel.Frame):
    """The bytes of one frame: bytes(frame), len(frame)."""

    def __bytes__(self):
        return self.get_bytes().get_data() or b""

    def __len__(self):
        return self.get_bytes().get_size()

    def __repr__(self):
        return f"<Amsel.Frame {bytes(self).hex().upper()}>"


class Answer(Amsel.Answer):
    """What became of a request of a dialogue; its frame and its error can be set as its other fields are."""

    frame = property(Amsel.Answer.frame.fget, lambda self, frame: self.set_frame(frame))
    error = property(Amsel.Answer.error.fget, lambda self, error: self.set_error(error))


class Value:
    """One record of a telegram. It keeps what it needs, so it may outlive the telegram."""

    __slots__ = (
        "quantity", "unit", "value", "kind", "reason", "function", "storage", "tariff", "subunit", "modifiers", "record"
    )

    def __init__(self, telegram, index):
        record = telegram.get_record(index)
        count = min(record.n_modifiers, Amsel.RECORD_MODIFIERS)
        self.record = record
        self.kind = Amsel.ValueKind(record.kind)
        self.quantity = Amsel.quantity_get_name(Amsel.Quantity(record.quantity))
        self.unit = Amsel.unit_get_symbol(Amsel.Unit(record.unit))
        self.value = _to_python(self.kind, telegram.get_value_text(index))
        self.reason = None if record.reason == 0 else Amsel.reason_get_name(Amsel.Reason(record.reason))
        self.function = Amsel.function_get_name(Amsel.Function(record.function))
        self.storage = record.storage
        self.tariff = record.tariff
        self.subunit = record.subunit
        self.modifiers = [Amsel.modifier_get_name(m) for m in record.modifiers[:count]]

    def __repr__(self):
        return _describe_value(self)


def _describe_value(value):
    text = str(value.value) if value.value is not None else f"none ({value.reason})"
    return f"<{value.quantity} {text}{' ' if value.unit else ''}{value.unit}>"


__all__.append("Value")


class Telegram(Amsel.Telegram):
    """One decoded message: len(telegram), telegram[0], for value in telegram."""

    def __len__(self):
        return self.get_n_records()

    def __getitem__(self, index):
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(f"there is no record {index}")
        return Value(self, index)

    def __iter__(self):
        return (Value(self, i) for i in range(len(self)))

    def get_record(self, index):
        record = super().get_record(index)
        return record.copy() if record is not None else None

    def get_identity(self):
        return super().get_identity().copy()

    def get_frame(self):
        return super().get_frame().ref()

    identity = property(get_identity)
    frame = property(get_frame)
    payload = property(lambda self: self.dup_payload().get_data() or b"")
    access_number = property(lambda self: self.get_access_number())
    status = property(lambda self: self.get_status())
    encryption = property(lambda self: Amsel.encryption_get_name(self.get_encryption()))
    more_follows = property(lambda self: self.get_more_follows())
    driver = property(lambda self: self.get_driver())

    @property
    def fields(self):
        """What the driver of the meter made of it: names to numbers, dates, text, or None."""
        return {self.get_field_name(i): self._field_value(i) for i in range(self.get_n_fields())}

    def _field_value(self, index):
        text = self.get_field_value_text(index)
        if self.get_field_kind(index) == Amsel.ValueKind.DECIMAL:
            return decimal.Decimal(text)
        return text

    def add(self, quantity, value, unit=None, *, function=None, storage=0, tariff=0, subunit=0, reason=None):
        """For protocols: adds a number, a date, a datetime, or None with a reason."""
        record = Amsel.Record()
        record.quantity = int(quantity)
        record.unit = int(unit if unit is not None else Amsel.Unit.NONE)
        record.function = int(function if function is not None else Amsel.Function.INSTANTANEOUS)
        record.storage, record.tariff, record.subunit = storage, tariff, subunit
        if value is None:
            record.reason = int(reason if reason is not None else Amsel.Reason.NOT_AVAILABLE)
        elif isinstance(value, datetime.date):
            _set_date(record, value)
        elif isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool):
            record.kind = int(Amsel.ValueKind.DECIMAL)
            record.decimal = _to_decimal(value)
        else:
            raise TypeError(f"{type(value).__name__} is no exact value; give an int, a decimal.Decimal, a date or None")
        return self.append(record)

    def add_bytes(self, quantity, offset, length, *, storage=0, tariff=0, subunit=0):
        """For protocols: adds a part of the payload as bytes."""
        record = Amsel.Record()
        record.quantity = int(quantity)
        record.function = int(Amsel.Function.INSTANTANEOUS)
        record.kind = int(Amsel.ValueKind.BYTES)
        record.storage, record.tariff, record.subunit = storage, tariff, subunit
        record.data_offset, record.data_length = offset, length
        return self.append(record)

    def __repr__(self):
        return f"<Amsel.Telegram of {self.identity!r} with {len(self)} records>"


def _set_date(record, value):
    record.kind = int(Amsel.ValueKind.DATE)
    record.date.year, record.date.month, record.date.day = value.year, value.month, value.day
    record.date.parts = int(Amsel.DateParts.DAY)
    if isinstance(value, datetime.datetime):
        record.date.hour, record.date.minute, record.date.second = value.hour, value.minute, value.second
        record.date.parts |= int(Amsel.DateParts.MINUTE)
        if value.second:
            record.date.parts |= int(Amsel.DateParts.SECOND)


class Readout(Amsel.Readout):
    """The outcome of reading one meter once: for reading in readout, len(readout)."""

    def __len__(self):
        return self.get_n_readings()

    def __getitem__(self, index):
        if index < 0:
            index += len(self)
        reading = self.get_reading(index) if index >= 0 else None
        if reading is None:
            raise IndexError(f"there is no reading {index}")
        return reading

    def __iter__(self):
        return (self.get_reading(i) for i in range(len(self)))

    def __bool__(self):
        return True  # a readout without readings is one: it says why there are none

    def get_telegram(self, index):
        telegram = super().get_telegram(index)
        return telegram.ref() if telegram is not None else None

    def get_identity(self):
        identity = super().get_identity()
        return identity.copy() if identity is not None else None

    identity = property(get_identity)
    telegrams = property(lambda self: [self.get_telegram(i) for i in range(self.get_n_telegrams())])
    meter = property(lambda self: self.get_meter())
    pipeline = property(lambda self: self.get_pipeline())
    line = property(lambda self: self.get_line())
    sequence = property(lambda self: self.get_sequence())
    quality = property(lambda self: Amsel.quality_get_name(self.get_quality()))
    error_message = property(lambda self: self.get_error_message())
    error_code = property(lambda self: self.get_error_code())
    slot = property(lambda self: _to_moment(self.get_slot_us()))
    start = property(lambda self: _to_moment(self.get_start_us()))
    end = property(lambda self: _to_moment(self.get_end_us()))

    def __repr__(self):
        return f"<Amsel.Readout {self.sequence} of {self.meter}: {self.quality}, {len(self)} readings>"


class Reading(Amsel.Reading):
    """One value of a meter: reading.quantity, reading.value, reading.unit."""

    def get_readout(self):
        return super().get_readout().ref()

    def get_record(self):
        return super().get_record().copy()

    readout = property(get_readout)
    record = property(get_record)
    meter = property(lambda self: super().get_readout().get_meter())
    quantity = property(lambda self: Amsel.quantity_get_name(self.get_quantity()))
    unit = property(lambda self: self.get_unit())
    kind = property(lambda self: self.get_kind())
    value = property(lambda self: _to_python(self.get_kind(), self.get_value_text()))
    function = property(lambda self: Amsel.function_get_name(self.get_function()))
    storage = property(lambda self: self.get_storage())
    tariff = property(lambda self: self.get_tariff())
    subunit = property(lambda self: self.get_subunit())
    modifiers = property(lambda self: self.get_modifiers())
    reason = property(lambda self: self.get_reason())

    def __float__(self):
        return self.get_value_double()

    def __repr__(self):
        return _describe_value(self)


for _value in (Decimal, Identity, Frame, Answer, Telegram, Readout, Reading):
    globals()[_value.__name__] = override(_value)
    __all__.append(_value.__name__)


# --- kinds and plugins --------------------------------------------------------------------------------------

_loaded = {}  # path of a plugin file: the kinds that it added
_recording = None  # the list of the file that is being loaded


class Registry(Amsel.Registry):
    """The kinds of stages that there are."""

    @classmethod
    def default(cls):
        """The registry with all plugins that are installed, or that AMSEL_PLUGINS names."""
        return cls.get_default()

    def add_kind(self, kind, blurb, type_):
        super().add_kind(kind, blurb, type_)
        if _recording is not None:
            _recording.append((kind, blurb, type_))
        return True


Registry = override(Registry)
__all__.append("Registry")


class Config(Amsel.Config):
    """A configuration: the objects that a YAML file describes."""

    @classmethod
    def load(cls, path, registry=None):
        """Reads a file. Raises a GLib.Error that lists all problems where there is an error among them."""
        config, problems = Amsel.Config.load(str(path), registry or Registry.default())
        if config is None:
            raise error(Amsel.ConfigError.INVALID, "\n".join(problems))
        return config

    store = property(lambda self: self.get_store())
    lines = property(lambda self: self.get_lines())
    pipelines = property(lambda self: self.get_pipelines())
    exporters = property(lambda self: self.get_exporters())
    services = property(lambda self: self.get_services())


Config = override(Config)
__all__.append("Config")


class Store(Amsel.Store):
    """Where every readout is kept: for readout in store.readouts()."""

    def readouts(self, after=0):
        """The stored readouts with higher numbers than after, in their order."""
        while True:
            readout = self.read_next(after)
            if readout is None:
                return
            yield readout
            after = readout.sequence


Store = override(Store)
__all__.append("Store")


def kind(word, blurb):
    """Decorator of a class of a plugin: @Amsel.kind("pyhex", "Prints frames as hexadecimal digits")."""

    def add(cls):
        registry = Amsel.Registry.get_loading() or Registry.default()
        registry.add_kind(word, blurb, cls)
        return cls

    return add


def load_plugin(path):
    """Runs a plugin file for the registry that is loading; returns what went wrong as a sentence, or None.

    For the loader. A file is run once, also where several registries load it.
    """
    global _recording
    name = "amsel_plugin_" + os.path.splitext(os.path.basename(path))[0]
    try:
        if path in _loaded:
            for kind_ in _loaded[path]:
                Amsel.Registry.get_loading().add_kind(*kind_)
            return None
        if name in sys.modules:
            name = f"{name}_{len(_loaded)}"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        _recording = []
        spec.loader.exec_module(module)
        _loaded[path] = _recording
        return None
    except BaseException as e:  # SystemExit too: a plugin cannot end the program
        sys.modules.pop(name, None)
        if isinstance(e, SyntaxError) and e.filename == path:
            return f"{path}:{e.lineno}: SyntaxError: {e.msg}"
        frames = [f for f in traceback.extract_tb(e.__traceback__) if f.filename == path]
        place = f"{path}:{frames[-1].lineno}" if frames else path
        return f"{place}: {type(e).__name__}: {e.message if isinstance(e, GLib.Error) else e}"
    finally:
        _recording = None


__all__ += ["error", "kind", "load_plugin"]
