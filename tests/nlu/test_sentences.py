from rasa.shared.nlu.training_data.message import Message

from bot.nlu.encoder import Remembering
from bot.nlu.sentences import sentence_of
from tests.nlu.meaning import Dictionary


def test_message_is_encoded_once_when_several_ask() -> None:
    encoder = Remembering(Dictionary(), size=0)
    message = Message({"text": "the parcel"})
    assert sentence_of(message, encoder) is sentence_of(message, encoder)
    assert encoder.encoded == 1
    assert "sentence" not in message.as_dict(only_output_properties=True)
    assert sentence_of(Message({"text": "hi"}), None) is None
