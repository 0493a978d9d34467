package evidence

var resources = []Promise{}
