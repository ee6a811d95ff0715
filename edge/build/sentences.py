"""What a voice says while it is calibrated and judged. Written for this project; no sentence is in both sets."""

from __future__ import annotations

from typing import NamedTuple


class Sentences(NamedTuple):
    """`calibration` sets the scales of the INT8 layers; `held_out` is what the report is about."""

    calibration: tuple[str, ...]
    held_out: tuple[str, ...]


_ENGLISH = Sentences(
    calibration=(
        "Good morning.",
        "The kitchen window has been open since a quarter past six.",
        "Why did nobody tell me that the train was going to be late again?",
        "Please turn off the heating in the bedroom, and lock the garden gate.",
        "She measured the old table twice and cut the new board once.",
        "What a strange and beautiful voice you have!",
        "It will be cloudy at first, with sunshine and light wind in the afternoon.",
        "Forty-two boxes of oranges were left at the wrong door.",
        "The judge asked the quiet witness to speak up.",
        "Zebras, jaguars and a very large ox shared the watering hole.",
        "If you press the green button, the lid should open by itself.",
        "My neighbour plays the violin badly, but with great joy.",
        "No.",
        "Three people waited under the bridge until the rain had stopped.",
        "Your battery is almost empty; it will last for another ten minutes.",
        "We thought about leaving, then we thought about breakfast.",
    ),
    held_out=(
        "Dinner is ready.",
        "The post office closes at noon on Saturdays, doesn't it?",
        "A cold wind blew the papers off the desk and into the hall.",
        "Somebody has left a bicycle in front of the main entrance.",
        "Your appointment with the dentist is tomorrow at half past nine.",
        "How far is it from here to the lighthouse?",
        "The youngest of the five brothers became a carpenter.",
        "Stop! The road ahead is flooded.",
        "I would rather walk for an hour than wait for that bus.",
        "Two eggs, a cup of flour and a pinch of salt are all you need.",
        "The lamp in the corridor has been on all night.",
        "Which of these keys opens the cellar?",
        "Fresh snow covered the vineyard before anyone was awake.",
        "The washing machine has finished.",
        "He folded the letter carefully and put it back into the drawer.",
        "Only a few of the travellers had ever seen the sea.",
        "You have one new message from the school.",
        "Their house stands between a bakery and a small chapel.",
        "The museum was quiet, except for the ticking of a hundred clocks.",
        "Thank you very much, and have a pleasant evening.",
        "Rain is expected within the next hour, so take an umbrella.",
        "Nobody could explain why the piano had been painted yellow.",
    ),
)

_SPANISH = Sentences(
    calibration=(
        "Buenos días.",
        "La ventana de la cocina está abierta desde las seis y cuarto.",
        "¿Por qué nadie me avisó de que el tren llegaría tarde otra vez?",
        "Apaga la calefacción del dormitorio y cierra la puerta del jardín, por favor.",
        "Midió dos veces la mesa vieja y cortó una sola vez la tabla nueva.",
        "¡Qué voz tan extraña y tan bonita tienes!",
        "Al principio estará nublado, y por la tarde saldrá el sol con viento flojo.",
        "Dejaron cuarenta y dos cajas de naranjas en la puerta equivocada.",
        "El juez pidió al testigo que hablara un poco más alto.",
        "Un ñandú, dos cebras y un jaguar bebían del mismo charco.",
        "Si pulsas el botón verde, la tapa se abre sola.",
        "Mi vecino toca mal el violín, pero con mucha alegría.",
        "No.",
        "Tres personas esperaron bajo el puente hasta que dejó de llover.",
        "La batería está casi vacía; durará otros diez minutos.",
        "Pensamos en irnos, y luego pensamos en el desayuno.",
    ),
    held_out=(
        "La cena está lista.",
        "Correos cierra a mediodía los sábados, ¿verdad?",
        "Un viento frío se llevó los papeles de la mesa al pasillo.",
        "Alguien ha dejado una bicicleta delante de la entrada principal.",
        "Mañana a las nueve y media tiene usted cita con el dentista.",
        "¿A qué distancia queda el faro?",
        "El menor de los cinco hermanos se hizo carpintero.",
        "¡Alto! La carretera está inundada.",
        "Prefiero caminar una hora antes que esperar ese autobús.",
        "Dos huevos, una taza de harina y una pizca de sal: no hace falta más.",
        "La lámpara del corredor ha estado encendida toda la noche.",
        "¿Cuál de estas llaves abre el sótano?",
        "La nieve cubrió el viñedo antes de que nadie despertara.",
        "La lavadora ha terminado.",
        "Dobló la carta con cuidado y la guardó otra vez en el cajón.",
        "Muy pocos de los viajeros habían visto el mar.",
        "Tienes un mensaje nuevo de la escuela.",
        "Su casa está entre una panadería y una capilla pequeña.",
        "El museo estaba en silencio, salvo por el tictac de cien relojes.",
        "Muchas gracias, y que pase una buena tarde.",
        "Lloverá dentro de una hora, así que llévate el paraguas.",
        "Nadie supo explicar por qué habían pintado el piano de amarillo.",
    ),
)


def sentences(language: str) -> Sentences:
    """Sentences for a voice of `language`; English, read by that voice's own rules, where there are none."""
    return _SPANISH if language.casefold().startswith("es") else _ENGLISH
